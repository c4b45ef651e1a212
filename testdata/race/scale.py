"""scale.py WORLDS HABITUE MEMORY SIZE...: what a receipt costs as worlds grow.

Runs the product on the race's worlds of so many receipts, made by its gen.py
in WORLDS/SIZE-SEED, first for the race's tables, then for everything, and
prints wall and CPU time, resident memory, bytes between workers and bytes on
disk, whole and per receipt. See docs/scale.md.
"""
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

here = pathlib.Path(__file__).resolve().parent
worlds, habitue, memory, *sizes = sys.argv[1:]


def run(project, world, out):
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    env = dict(os.environ, RACE_IN=str(world), RACE_OUT=str(out), RACE_FORMAT="csv")
    summary = out / "run.json"
    command = [habitue, "-c", str(here / project), "--progress", "none", "--json", "run", "--as-of", "2026-01-01", "--memory", memory]
    with summary.open("w") as told:
        start = time.monotonic()
        process = subprocess.Popen(command, env=env, stdout=told, cwd=out)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.monotonic() - start
    if status:
        sys.exit(f"{project} on {world}: ended with {os.waitstatus_to_exitcode(status)}")
    loads = json.loads(summary.read_text())["loads"]
    size = lambda path: sum(f.stat().st_size for f in path.rglob("*") if f.is_file())
    return {
        "wall": wall,
        "cpu": used.ru_utime + used.ru_stime,
        "rss": used.ru_maxrss * 1024,
        "shuffled": sum(l["bytes"] for l in loads.values()),
        "disk": size(out) - summary.stat().st_size,
        "most": max((l["most_bytes"], name) for name, l in loads.items()),
    }


first = {}
print(f"{'tables':8} {'receipts':>11} {'wall s':>8} {'CPU s':>8} {'peak MiB':>9} | per receipt: {'wall us':>8} {'CPU us':>7} {'shuffled':>9} {'on disk':>8} | {'CPU to first':>12}  most on one key")
for size in map(int, sizes):
    (world,) = pathlib.Path(worlds).glob(f"{size}-*")
    for name, project in (("race", "habitue.yaml"), ("all", "full.yaml")):
        out = pathlib.Path(worlds) / "scale"
        r = run(project, world.resolve(), out.resolve())
        shutil.rmtree(out)
        cpu = r["cpu"] / size
        most, stage = r["most"]
        print(f"{name:8} {size:11,} {r['wall']:8.1f} {r['cpu']:8.1f} {r['rss'] / 2**20:9.0f} | {'':12} {r['wall'] / size * 1e6:8.2f} {cpu * 1e6:7.2f} {r['shuffled'] / size:9.0f} {r['disk'] / size:8.0f} | {cpu / first.setdefault(name, cpu):12.2f}  {most / 2**20:.1f} MiB ({stage})", flush=True)
