"""日締めの紙: the newest checkpoint as one printable page, its roots in groups that a person can compare, and boxes to stamp."""

from string import Template

from audit.anchor import CHAINS

PAGE = Template("""<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><title>アクセスログ日締め $at</title>
<style>body{font:14pt sans-serif;margin:20mm}table{border-collapse:collapse}td,th{border:1px solid #333;padding:6px 12px;text-align:left}
code{font:16pt monospace}.stamp td{width:40mm;height:30mm;vertical-align:top}</style></head><body>
<h1>アクセスログ・台帳 日締め</h1>
<p>$number 番のチェックポイント　$at（協定世界時）</p>
$chains
<p>署名鍵の公開部　<code>$key</code></p>
<p>この紙は印を押して保管する。照合は
<code>python -m audit.verify --anchors --public-key 公開部 --paper access_log:件数:値</code>。合わなければ、記録の全体が書き換えられている。</p>
<table class="stamp"><tr><td>課長</td><td>係長</td><td>監査</td></tr></table>
</body></html>
""")
CHAIN = Template("<h2>$label　$size 件</h2><p><code>$groups</code></p>\n")


def groups(root: str) -> str:
    """64 hex digits as 16 groups of four."""
    return " ".join(root[place : place + 4] for place in range(0, len(root), 4))


def sheet(line: dict, public_key: str) -> str:
    """The HTML of a checkpoint's sheet. It loads nothing from anywhere."""
    chains = "".join(CHAIN.substitute(label=CHAINS[name], size=f"{point['size']:,}", groups=groups(point["root"]))
                     for name, point in line["chains"].items())
    return PAGE.substitute(number=line["number"], at=line["at"], chains=chains, key=groups(public_key))
