"""Typed refusals of the law package: each has a closed `code` and tells the person what to do."""

from typing import ClassVar


class LawError(Exception):
    """A question the table cannot answer. `code` is a closed word, `advice` is Vietnamese for the person."""

    code: ClassVar[str] = "law_error"
    advice: ClassVar[str] = "Kiểm tra lại quy tắc và ngày bắt đầu."

    def __init__(self) -> None:
        super().__init__(self.code)


class UnknownRule(LawError):
    """No rule has this id."""

    code = "unknown_rule"
    advice = "Không có quy tắc mang mã này. Xem danh sách mã bằng lệnh `donthu law rules`."


class RuleHasNoTerm(LawError):
    """The rule gives no term that can be counted in days, months or years."""

    code = "rule_has_no_term"
    advice = "Quy tắc này không ấn định thời hạn tính theo ngày. Chọn quy tắc có thời hạn hoặc làm ngay theo điều luật."


class RuleNotInForce(LawError):
    """No version of the rule is in force on the date of the start event."""

    code = "rule_not_in_force"
    advice = "Quy tắc chưa có hoặc đã hết hiệu lực vào ngày bắt đầu. Chọn quy tắc có hiệu lực vào ngày đó."


class OptionNotKnown(LawError):
    """The rule has no variant for `complicated` or `remote`."""

    code = "option_not_known"
    advice = (
        "Quy tắc này không có thời hạn riêng cho lựa chọn đó. Bỏ lựa chọn; "
        "với tố cáo phức tạp, dùng quyết định gia hạn (TC-15, TC-16)."
    )


class UnknownProfile(LawError):
    """No profile has this name."""

    code = "unknown_profile"
    advice = "Không có hồ sơ pháp luật này. Chọn three_tier_2021, two_tier_2025 hoặc two_tier_2026."


class ProfileNotInForce(LawError):
    """The named profile is not the one in force on the date of the start event."""

    code = "profile_not_in_force"
    advice = "Hồ sơ pháp luật đã chọn không áp dụng cho ngày này. Bỏ lựa chọn để lấy hồ sơ đang có hiệu lực."


class NoProfile(LawError):
    """The date lies before the first profile (15 November 2021)."""

    code = "no_profile"
    advice = "Bảng quy tắc chỉ tính từ ngày 15/11/2021. Việc cũ hơn: hỏi bộ phận pháp chế."


class DateOutOfRange(LawError):
    """A date lies beyond the years the lunar calendar covers."""

    code = "date_out_of_range"
    advice = "Ngày nằm ngoài lịch tính được. Kiểm tra lại năm."


class DatesOutOfOrder(LawError):
    """A suspension must begin on or after the day the term is counted from, and end on or after its own beginning."""

    code = "dates_out_of_order"
    advice = "Ngày tạm đình chỉ phải sau ngày bắt đầu tính; ngày tiếp tục không được trước ngày tạm đình chỉ."


class TermCannotPause(LawError):
    """Only forward terms in days or working days have remaining days."""

    code = "term_cannot_pause"
    advice = "Thời hạn này không tạm dừng được. Chỉ thời hạn tính theo ngày hoặc ngày làm việc mới có số ngày còn lại."
