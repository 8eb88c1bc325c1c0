"""Merges the results of a run on a GPU into one JSON and one page of Markdown, named after the device.

usage: report.py PIECES OUT
   PIECES: a folder of *.json ({"tables": [...]}, as the benchmarks write them) and *.tsv (a title, headings, rows), in
   the order of their names. OUT: the folder that gets <device>.json and <device>.md.
"""

import json
import platform
import re
import subprocess
import sys
from pathlib import Path

from table import text_of

QUERIES = {
    "name": "name",
    "driver": "driver_version",
    "memory": "memory.total",
    "compute_capability": "compute_cap",
    "max_sm_clock": "clocks.max.sm",
    "max_memory_clock": "clocks.max.memory",
}


def output_of(*command):
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return ""


def describe_machine():
    fields = output_of("nvidia-smi", f"--query-gpu={','.join(QUERIES.values())}", "--format=csv,noheader", "--id=0")
    values = [value.strip() for value in fields.split(",")]
    machine = dict(zip(QUERIES, values)) if len(values) == len(QUERIES) else {"name": "unknown device"}
    release = re.search(r"release ([\d.]+)", output_of("nvcc", "--version"))
    machine["nvcc"] = release.group(1) if release else "unknown"
    processor = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    machine["processor"] = processor.group(1) if processor else platform.processor()
    machine["system"] = platform.platform()
    return machine


def read_tsv(path):
    title, headings, *rows = path.read_text(encoding="utf-8").rstrip("\n").split("\n")
    keys = headings.split("\t")
    return {
        "title": title,
        "note": "",
        "columns": [{"key": key, "heading": key} for key in keys],
        "rows": [dict(zip(keys, row.split("\t"), strict=True)) for row in rows],
    }


def read_tables(folder):
    tables = []
    for path in sorted(folder.iterdir()):
        if path.suffix == ".json":
            tables += json.loads(path.read_text(encoding="utf-8"))["tables"]
        elif path.suffix == ".tsv":
            tables.append(read_tsv(path))
    return [table for table in tables if table["rows"]]


def markdown_of(table):
    keys = [column["key"] for column in table["columns"]]
    is_figure = {key: all(not isinstance(row[key], str) for row in table["rows"]) for key in keys}
    lines = [f"## {table['title']}", ""]
    if table["note"]:
        lines += [table["note"], ""]
    lines.append("| " + " | ".join(column["heading"] for column in table["columns"]) + " |")
    lines.append("|" + "|".join("--:" if is_figure[key] else "---" for key in keys) + "|")
    lines += ["| " + " | ".join(text_of(row[key]) for key in keys) + " |" for row in table["rows"]]
    return "\n".join([*lines, ""])


def main():
    pieces, out = Path(sys.argv[1]), Path(sys.argv[2])
    machine, tables = describe_machine(), read_tables(pieces)
    out.mkdir(parents=True, exist_ok=True)
    slug = re.sub(r"[^a-z0-9]+", "-", machine["name"].lower()).strip("-")
    results = {"machine": machine, "tables": tables}
    (out / f"{slug}.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    facts = [f"- {key.replace('_', ' ')}: {value}" for key, value in machine.items() if key != "name"]
    page = [f"# {machine['name']}", "", "Written by `scripts/gpu-check.sh`.", "", *facts, ""]
    page += [markdown_of(table) for table in tables]
    (out / f"{slug}.md").write_text("\n".join(page), encoding="utf-8")
    print(f"{out}/{slug}.md")


if __name__ == "__main__":
    main()
