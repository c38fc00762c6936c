"""Words by which the program, the contract of the feeds or another setting knows a row: no other may stand there.

Where a word is missing altogether, its rule would silently not apply: the settings of NEEDED have a row for each.
"""

GRACES = ("徴収猶予", "職権換価猶予", "申請換価猶予")
EXEMPTIONS = ("徴収猶予（災害・病気）", "執行停止", "徴収猶予（事業）", "換価猶予", "納付困難", "差押・担保", "災害等の期限", "やむを得ない事由の減免")
ALLOCATED = ("滞納処分費", "督促手数料", "本料", "延滞金")
KINDS = ("full", "half")
# (file, setting, key of its value; "" where the value is the word itself) → the words
WORDS: dict[tuple[str, str, str], tuple[str, ...]] = {
    ("allocation.toml", "order", "source"): ("滞納処分", "任意納付"),
    ("allocation.toml", "order", "items"): ALLOCATED,
    ("collection_rate.toml", "definition", "name"): ("決算", "年報", "努力支援"),
    ("delinquency_charge.toml", "exemption_ground", "ground"): EXEMPTIONS,
    ("delinquency_charge.toml", "exemption_ground", "kind"): KINDS,
    ("demand.toml", "demand_stop", "fact"): ("徴収猶予", "繰上徴収", "換価猶予"),
    ("demand.toml", "seizure_bar", "reason"): ("徴収猶予", "執行停止", "破産手続", "更生・再生の中止命令", "支援措置の保護"),
    ("distribution.toml", "claim_class", "name"): ("滞納処分費", "強制換価の費用", "税（担保）", "税（差押）", "税（交付要求）", "公課（差押）",
                                                   "公課（交付要求）", "担保付債権"),
    ("distribution.toml", "claim_class", "group"): ("費用", "公債権", "私債権"),
    ("grace.toml", "grace", "name"): GRACES,
    ("grace.toml", "grace", "event"): ("徴収猶予", "換価猶予"),
    ("grace.toml", "condition", "name"): GRACES,
    ("grace.toml", "condition", "word"): ("災害・盗難", "病気・負傷", "事業の休廃止", "事業の損失", "災害・病気に類する事実", "事業の損失に類する事実",
                                          "額の確定の遅れ", "生活・事業の維持", "徴収上有利"),
    ("grace.toml", "condition", "group"): ("fact", "each", "caution"),
    ("grace.toml", "effect", "name"): GRACES,
    ("grace.toml", "charge_effect", "name"): GRACES,
    ("grace.toml", "charge_effect", "kind"): KINDS,
    ("grace.toml", "charge_effect", "ground"): EXEMPTIONS,
    ("grace.toml", "cancellation_procedure", "name"): GRACES,
    ("notice.toml", "remedy", "paper"): ("滞納処分停止通知書", "滞納処分停止取消通知書"),
    ("notice.toml", "review_body", ""): ("国民健康保険審査会", "市長"),
    ("payment_slip.toml", "application_identifier", ""): ("91",),
    ("prescription.toml", "attachment_end", "end_reason"): ("取立", "配当", "無益解除", "取下げ", "違法取消"),
    ("write_off.toml", "reason", "booked_as"): ("停止3年", "即時消滅", "時効"),
}  # fmt: skip
NEEDED = frozenset({
    ("allocation.toml", "order", "source"), ("collection_rate.toml", "definition", "name"), ("delinquency_charge.toml", "exemption_ground", "ground"),
    ("demand.toml", "demand_stop", "fact"), ("demand.toml", "seizure_bar", "reason"), ("distribution.toml", "claim_class", "name"),
    ("grace.toml", "grace", "name"), ("grace.toml", "condition", "word"), ("grace.toml", "charge_effect", "name"), ("notice.toml", "remedy", "paper"),
    ("prescription.toml", "attachment_end", "end_reason"), ("write_off.toml", "reason", "booked_as"),
})  # fmt: skip


def strange(file_name: str, settings: dict[str, list[dict]]) -> str | None:
    """The first word that nobody knows, or that no row has, and the remedy, in one sentence; None where all is well."""
    for (file, setting, key), words in WORDS.items():
        if file != file_name:
            continue
        stand = [(number, entry["from"], word) for number, entry in enumerate(settings[setting], start=1) for word in _words(entry["value"], key)]
        for number, since, word in stand:
            if word not in words:
                return f"{setting} {number} 番目（from {since}）: {key or 'value'} の「{word}」は使えない言葉です。{'・'.join(words)} から選んで書いてください。"
        missing = set(words) - {word for _, _, word in stand}
        if (file, setting, key) in NEEDED and missing:
            word = next(word for word in words if word in missing)
            return f"{setting}: 「{word}」の項目がありません。根拠を確かめて書き足してください。"
    return None


def _words(value: object, key: str) -> list[object]:
    if not key:
        return [value]
    found = value.get(key)
    return found if isinstance(found, list) else [] if found is None else [found]
