"""One member of staff of every role, as the store would give them."""

from auth.access import User, permissions

EAST, WEST = ("D01", "D02", "D03", "D04", "D05"), ("D06", "D07", "D08")
MANAGER = User("kacho", "収納推進課長", "manager", "収納推進課")
CHIEF = User("kakari", "徴収係長", "chief", "収納推進課")
OFFICER = User("tanto1", "地区担当1", "officer", "収納推進課", EAST)
NEIGHBOUR = User("tanto2", "地区担当2", "officer", "収納推進課", WEST)
ANALYST = User("bunseki", "分析担当", "analyst", "収納推進課")
ADMIN = User("kanri", "システム管理者", "admin", "情報政策課")
AUDITOR = User("kansa", "監査", "auditor", "監査委員事務局")
LTC_READER = User("choju", "長寿社会課照会", "ltc_reader", "長寿社会課")
STAFF = (MANAGER, CHIEF, OFFICER, NEIGHBOUR, ANALYST, ADMIN, AUDITOR, LTC_READER)

assert {user.role for user in STAFF} == permissions().roles.keys()
