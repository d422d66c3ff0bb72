"""Technical and contractual packages. Nothing here knows a business rule of one service."""
