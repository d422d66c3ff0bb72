"""Typed refusals of the directory; `code` is a closed word, `advice` tells the administrator what to do."""

from typing import ClassVar

from shared.directory.model import Heir


class DirectoryError(Exception):
    """The directory cannot be used so. `place` is the table and row of the data at fault, never a value."""

    code: ClassVar[str] = "directory_error"
    advice: ClassVar[str] = "Kiểm tra lại danh bạ cơ quan."

    def __init__(self, place: str = "") -> None:
        super().__init__(f"{self.code} {place}".strip())
        self.place = place


class UnknownDirectory(DirectoryError):
    """No directory has this name."""

    code = "unknown_directory"
    advice = "Không có danh bạ mang tên này. Kiểm tra tên trong cấu hình."


class UnknownAuthority(DirectoryError):
    """No authority has this id."""

    code = "unknown_authority"
    advice = "Không có cơ quan mang mã này trong danh bạ."


class Abolished(UnknownAuthority):
    """The authority is no more. `successor_id` alone stands in its place on the day asked for, None if nothing does.

    `heirs`: everybody who took over a part, with the hamlets known to have gone there; one where it was not divided.
    """

    code = "abolished"
    advice = "Cơ quan đã giải thể hoặc sáp nhập. Gửi đến cơ quan kế thừa; nếu đã chia, chọn theo thôn."

    def __init__(self, successor_id: str | None, heirs: tuple[Heir, ...] = ()) -> None:
        super().__init__()
        self.successor_id = successor_id
        self.heirs = heirs


class UnknownUnit(DirectoryError):
    """No unit has this id, or none stands on that day."""

    code = "unknown_unit"
    advice = "Không có đơn vị trực thuộc mang mã này trong danh bạ."


class UnknownHamlet(DirectoryError):
    """No hamlet has this id, or none stands on that day."""

    code = "unknown_hamlet"
    advice = "Không có thôn, xóm, khu phố mang mã này trong danh bạ."


class UnknownOfficer(DirectoryError):
    """No officer has this id."""

    code = "unknown_officer"
    advice = "Không có cán bộ mang mã này trong danh bạ."


class NobodyLawful(DirectoryError):
    """Everybody is excluded and no steward stands outside the excluded people's line."""

    code = "nobody_lawful"
    advice = (
        "Không còn người nào được phép nhận việc. Bổ nhiệm đầu mối ở cấp trên, ngoài quyền quản lý của người bị loại."
    )


class BadRow(DirectoryError):
    """A row lacks a field, has a field too many or a value of the wrong kind."""

    code = "bad_row"
    advice = "Dòng dữ liệu thiếu trường, thừa trường hoặc sai kiểu. Sửa dòng được nêu."


class BadId(DirectoryError):
    """An id is not a short lowercase ASCII slug."""

    code = "bad_id"
    advice = "Mã phải gồm 2-41 ký tự: chữ thường không dấu, chữ số, gạch nối, bắt đầu bằng chữ."


class DuplicateId(DirectoryError):
    """Two officers, or two things of different kinds, share an id."""

    code = "duplicate_id"
    advice = "Mã bị trùng. Mỗi cán bộ, cơ quan, đơn vị, thôn có một mã riêng."


class DanglingId(DirectoryError):
    """A row names an authority, unit or officer that does not exist."""

    code = "dangling_id"
    advice = "Dòng này nhắc đến một mã không có trong danh bạ. Thêm người, cơ quan hoặc đơn vị đó, hoặc sửa mã."


class DatesOutOfOrder(DirectoryError):
    """A row ends before it begins."""

    code = "dates_out_of_order"
    advice = "Ngày kết thúc trước ngày bắt đầu. Sửa ngày."


class Overlap(DirectoryError):
    """Two rows claim the same thing at the same time: a version, a post, the head's office, an absence."""

    code = "overlap"
    advice = "Hai dòng trùng thời gian cho cùng một việc. Sửa ngày để chúng nối tiếp nhau."


class SuperiorCycle(DirectoryError):
    """An authority is, through its superiors, above itself, or its superior is not of a higher level."""

    code = "superior_cycle"
    advice = "Cấp trên phải ở cấp cao hơn. Sửa cơ quan cấp trên của dòng này."


class ActingForOneself(DirectoryError):
    """An absent officer acts for himself."""

    code = "acting_for_oneself"
    advice = "Người vắng mặt không thể tự thay mình. Chọn người khác hoặc để trống."


class BadSuccessor(DirectoryError):
    """An authority that goes on names a successor, or a successor is itself or does not stand on the next day."""

    code = "bad_successor"
    advice = "Cơ quan kế thừa phải là cơ quan khác và hoạt động ngay hôm sau ngày giải thể. Sửa mã hoặc ngày."


class UnitElsewhere(DirectoryError):
    """A post names a unit of another authority."""

    code = "unit_elsewhere"
    advice = "Đơn vị không thuộc cơ quan của vị trí này. Sửa đơn vị hoặc cơ quan."


class NotACommune(DirectoryError):
    """A hamlet lies in an authority that is not a commune."""

    code = "not_a_commune"
    advice = "Thôn, xóm, khu phố phải thuộc một xã, phường, thị trấn. Sửa cơ quan của dòng này."
