"""The house rules on structure: crate arrows, forbidden crates, file sizes, words, promises. Reads `cargo metadata` and git's file list."""

import json
import re
import statistics
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Which crates of the workspace each may use: server -> api -> app -> store, platform -> domain; ops -> store, platform, domain.
ARROWS = {
    "domain": set(),
    "store": {"domain"},
    "platform": {"domain"},
    "app": {"store", "platform", "domain"},
    "api": {"app", "platform", "domain"},
    "ops": {"store", "platform", "domain"},
    "server": {"api", "app", "ops", "store", "platform", "domain"},
    "fleet": {"ops", "platform", "domain"},
    "bench": {"fleet", "domain"},
    "suite": {"fleet", "server", "domain"},
}

# Outside crates that only these may use: the door to tenant rows is in store, GraphQL and HTTP are in api.
DOORS = {
    "sea-orm": {"store"},
    "sqlx": {"store", "ops", "fleet", "bench", "suite"},
    "async-graphql": {"api"},
    "poem": {"api"},
    "aes-gcm": {"platform"},
    "bcrypt": {"platform"},
}

# One TLS library with one provider.
FORBIDDEN_CRATES = {"aws-lc-sys", "aws-lc-rs", "openssl-sys", "native-tls"}

LONGEST_FILE = 600
MEDIAN_FILE = 120

# Work that is not done does not get in under a note; a file named after nothing collects everything.
FORBIDDEN_WORDS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}
TEXT = {".rs", ".sql", ".py", ".sh", ".toml", ".md", ".conf", ".graphql", ""}


def main() -> int:
    complaints = []
    metadata = json.loads(run("cargo", "metadata", "--format-version", "1", "--locked"))
    complaints += arrows(metadata)
    complaints += forbidden_crates(metadata)
    files = [ROOT / name for name in run("git", "ls-files", "--cached", "--others", "--exclude-standard").splitlines()]
    files = [file for file in files if file.is_file()]
    complaints += sizes(files)
    complaints += words(files)
    complaints += promises(files)
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


def run(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def arrows(metadata) -> list[str]:
    complaints = []
    members = set(metadata["workspace_members"])
    for package in metadata["packages"]:
        if package["id"] not in members:
            continue
        name = package["name"]
        if name not in ARROWS:
            complaints.append(f"crate {name} has no line in ARROWS")
            continue
        for dependency in package["dependencies"]:
            used = dependency["name"]
            if used in ARROWS and used not in ARROWS[name]:
                complaints.append(f"{name} uses {used}, against the arrows")
            if used in DOORS and name not in DOORS[used]:
                complaints.append(f"{name} uses {used}, which only {', '.join(sorted(DOORS[used]))} may")
    return complaints


def forbidden_crates(metadata) -> list[str]:
    """Of all platforms, but only with the features that are on: the lock file alone names more than is ever built."""
    names = {package["id"]: package["name"] for package in metadata["packages"]}
    found = {names[node["id"]] for node in metadata["resolve"]["nodes"]} & FORBIDDEN_CRATES
    return [f"the dependency tree holds {name}" for name in sorted(found)]


def sizes(files: list[Path]) -> list[str]:
    lengths = {file: len(file.read_text().splitlines()) for file in files if file.suffix == ".rs"}
    complaints = [f"{relative(file)} has {length} lines; none may have over {LONGEST_FILE}" for file, length in lengths.items() if length > LONGEST_FILE]
    median = statistics.median(lengths.values())
    if median > MEDIAN_FILE:
        complaints.append(f"the median file has {median:.0f} lines; it may have {MEDIAN_FILE}")
    return complaints


def words(files: list[Path]) -> list[str]:
    complaints = [f"{relative(file)}: a name says what is in it" for file in files if file.stem in FORBIDDEN_NAMES]
    for file in files:
        if file.suffix not in TEXT or file == Path(__file__).resolve():
            continue
        for number, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
            if FORBIDDEN_WORDS.search(line):
                complaints.append(f"{relative(file)}:{number}: {line.strip()}")
    return complaints


def promises(files: list[Path]) -> list[str]:
    """Each promise is shown by a test that carries its number, and each number is a promise. A1 is shown by scripts/check."""
    made = {number.lower() for number in re.findall(r"^\| ([RIBDSA]\d) \|", (ROOT / "docs/promises.md").read_text(), re.M)}
    shown = set()
    for file in files:
        if file.suffix == ".rs":
            shown |= set(re.findall(r"\bfn ([ribdsa]\d)_", file.read_text()))
    complaints = [f"promise {number.upper()} is shown by no test" for number in sorted(made - shown - {"a1"})]
    return complaints + [f"a test shows {number.upper()}, which docs/promises.md does not know" for number in sorted(shown - made)]


def relative(file: Path) -> str:
    return str(file.relative_to(ROOT))


if __name__ == "__main__":
    sys.exit(main())
