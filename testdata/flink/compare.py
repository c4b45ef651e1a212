"""compare.py SHOP OTHER...: the tables of one run in several lakes, by their
content hashes, and that no lake has a file that its manifest does not name."""
import json
import pathlib
import sys


def contents(shop):
    shown = pathlib.Path(shop, "shown.json")
    if shown.exists():  # the lake is not in the folder; runs verify has looked at its files
        tables = json.loads(shown.read_text())["tables"]
        return {name: t["content"] for name, t in tables.items() if name != "runs"}, sum(len(t["files"] or []) for t in tables.values())
    lake = pathlib.Path(shop, "out/lake")
    (path,) = (p for p in (lake / "_manifests").glob("*.json") if p.name != "_line.json")
    tables = json.loads(path.read_text())["tables"]
    named = {f["path"] for t in tables.values() for f in t.get("files") or []}
    found = {str(p.relative_to(lake)) for p in lake.rglob("*") if p.is_file() and not str(p.relative_to(lake)).startswith("_")}
    if found - named or named - found:
        sys.exit(f"{shop}: files that the manifest does not name: {sorted(found - named)}; missing: {sorted(named - found)}")
    return {name: t["content"] for name, t in tables.items() if name != "runs"}, len(found)


first, *others = sys.argv[1:]
want, _ = contents(first)
for other in others:
    got, files = contents(other)
    differ = sorted(t for t in want.keys() | got.keys() if want.get(t) != got.get(t))
    if differ:
        sys.exit(f"{other} differs from {first} in {', '.join(differ)}")
    print(f"{other}: {len(got)} tables and {files} files as in {first}")
