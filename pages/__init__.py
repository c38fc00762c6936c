"""The register: every page once, in the order of the menu, with the action it needs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    """A page: its module in pages/ and its URL, its title and icon, its section, the action of permissions.toml.

    Its figures have their 「数字の根拠」 (parts/passport_part.py), or `without_passport` says why not; a test walks every page."""

    module: str
    title: str
    icon: str
    section: str
    action: str
    without_passport: str = ""


REGISTER = (
    Entry("home", "ホーム", ":material/home:", "今日", "home.read"),
    Entry("district_worklist", "地区ワークリスト", ":material/checklist:", "滞納整理", "worklist.read"),
    Entry("case", "滞納者カルテ", ":material/person:", "滞納整理", "case.read"),
    Entry("duplicates", "名寄せの候補", ":material/group:", "滞納整理", "duplicate.read"),
    Entry("suspension_candidates", "執行停止候補", ":material/pause_circle:", "滞納整理", "suspension_candidate.summary"),
    Entry("suspension_watch", "停止の監視", ":material/visibility:", "滞納整理", "suspension_watch.read"),
    Entry("write_off", "不納欠損", ":material/money_off:", "滞納整理", "write_off.read"),
    Entry("collection_rate", "収納状況", ":material/monitoring:", "管理", "collection_rate.read"),
    Entry("collection_plan", "徴収計画", ":material/flag:", "管理", "collection_plan.read"),
    Entry("trials", "効果の測定", ":material/science:", "管理", "trial.read"),
    Entry("changes", "増減の内訳", ":material/waterfall_chart:", "管理", "change.read"),
    Entry("deadlines", "期限の見通し", ":material/event_upcoming:", "管理", "deadline.read"),
    Entry("monthly_report", "月次報告", ":material/summarize:", "管理", "monthly_report.read"),
    Entry("annual_report", "年報・決算", ":material/account_balance:", "管理", "annual_report.read"),
    Entry("adhoc_analysis", "アドホック分析", ":material/query_stats:", "管理", "analysis.read"),
    Entry("disclosures", "解除と書出し", ":material/lock_open:", "管理", "disclosure.approve", "it counts requests for review, each shown whole, and no sum of the city"),
    Entry("care_inquiry", "長寿社会課照会", ":material/contact_support:", "照会", "care_inquiry.read", "the same once more would be another inquiry about the person, on record and counted"),
    Entry("feeds", "連携状況", ":material/sync:", "運用", "feed.read", "it tells of intakes, before there is a snapshot to ask; each has its report, with the hash of every file"),
    Entry("administration", "復元と論理消去", ":material/settings_backup_restore:", "運用", "snapshot.read", "its sums have their own digest, which a proposal and its approval carry"),
    Entry("differences", "突合", ":material/difference:", "運用", "difference.summary"),
    Entry("audit", "監査", ":material/verified_user:", "運用", "audit.digest", "it tells of the access log, which its chain proves, and not of the data"),
    Entry("grounds", "根拠", ":material/gavel:", "運用", "grounds.read", "it shows the law and examples that others have published, with their sources"),
    Entry("permission_table", "権限表", ":material/lock_person:", "運用", "permission_table.read", "it shows who may do what, and no figure"),
)
