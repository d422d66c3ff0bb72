"""Why a backup or a restore does not go on: a closed word, and a sentence for the operator."""

SENTENCES = {
    "programs_missing": "Không tìm thấy pg_dump và pg_restore. Cài bộ công cụ PostgreSQL hoặc chỉ rõ bằng --pg-bin.",
    "programs_too_old": "pg_dump cũ hơn máy chủ PostgreSQL. Dùng bộ công cụ cùng phiên bản với máy chủ (--pg-bin).",
    "dump_failed": "pg_dump không sao lưu được cơ sở dữ liệu. Kiểm tra địa chỉ, quyền và dung lượng đĩa.",
    "load_failed": "pg_restore không nạp được bản sao lưu; cơ sở dữ liệu đích vẫn trống.",
    "nothing_asked": "Cần --to (nơi ghi bản sao lưu) hoặc --journal (nơi ghi nhật ký luồng sự kiện).",
    "not_a_house": "Cơ sở dữ liệu này chưa được cài đặt Đơn Thư (donthu migrate).",
    "place_closed": "Không ghi được vào nơi đích. Thư mục phải cho phép người chạy lệnh ghi (trong container: 10001).",
    "place_taken": "Thư mục đích đã có. Mỗi bản sao lưu cần một thư mục mới.",
    "backup_incomplete": "Thư mục không chứa một bản sao lưu đầy đủ, hoặc bản của định dạng khác.",
    "backup_changed": "Bản sao lưu đã bị thay đổi: mã băm hoặc chữ ký không khớp. Không phục hồi.",
    "foreign_secrets": "Bộ khóa bí mật không thuộc về bản sao lưu này. Lấy đúng bộ khóa từ nơi ký gửi.",
    "foreign_realm": "Bản sao lưu, luồng cũ hoặc nhật ký thuộc về một hệ thống khác.",
    "survivor_silent": "Luồng cũ (--survivor) không trả lời. Dùng --journal, hoặc bỏ qua nếu không còn gì.",
    "target_not_empty": "Đích không trống. Chỉ phục hồi vào cơ sở dữ liệu, kho khóa và luồng trống.",
    "stream_not_empty": "Luồng sự kiện ở đích không trống. Dùng một kho NATS trống.",
    "journal_changed": "Nhật ký đã bị thay đổi hoặc thiếu dòng. Không dùng được.",
    "journal_of_another_stream": "Nhật ký này thuộc về một luồng khác. Bắt đầu một tệp mới.",
    "journal_missing": "Không tìm thấy nhật ký.",
    "profile_missing": "Hệ thống chính thức cần --law-profile (LAW_PROFILE), như dịch vụ portal đang dùng.",
    "replay_stopped": "Có sự kiện không dựng lại được; mô hình đọc giữ nguyên như cũ.",
    "replay_running": "Một lần dựng lại khác đang chạy.",
}


class OperationError(Exception):
    """It does not go on; nothing was half done that is not named. `code` is a closed word."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def advice(self) -> str:
        """What to tell the operator."""
        return SENTENCES[self.code]
