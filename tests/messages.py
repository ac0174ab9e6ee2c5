"""python -m tests.messages: gather the words of the pages into the catalogue of each language, and compile it.

gettext's own tools find the words, so they must be installed for this; nothing else needs them. What is written is
the same wherever and whenever it is made: no dates, no line numbers, no half-guessed translations.
"""

import os
import sys
from pathlib import Path

import django
import polib
from django.core.management import call_command

ROOT = Path(__file__).resolve().parent.parent / "finetune"
CATALOGUES = ROOT / "web" / "locale"
LANGUAGES = ("hi",)
HEAD = {
    "Project-Id-Version": "FineTune",
    "Language": "",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=2; plural=(n != 1);",
}


def catalogue_of(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / "django.po"


def gather() -> None:
    """Bring what is marked in code and templates into the catalogues, and drop what is gone."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "finetune.settings")
    django.setup()
    before = Path.cwd()
    os.chdir(ROOT)
    try:
        call_command(
            "makemessages",
            locale=list(LANGUAGES),
            no_wrap=True,
            no_obsolete=True,
            add_location="file",
            verbosity=0,
        )
    finally:
        os.chdir(before)


def tidy(language: str) -> polib.POFile:
    """A word that only looks like an older one is translated anew, never guessed."""
    catalogue = polib.pofile(str(catalogue_of(language)), wrapwidth=0)
    catalogue.header = "Words of FineTune's pages. Written by hand; `make messages` brings new ones in."
    catalogue.metadata = {**HEAD, "Language": language}
    catalogue.metadata_is_fuzzy = 0
    for entry in catalogue:
        if entry.fuzzy:
            entry.flags.remove("fuzzy")
            entry.msgstr = ""
            entry.msgstr_plural = {0: "", 1: ""} if entry.msgid_plural else {}
        entry.previous_msgid = entry.previous_msgid_plural = entry.previous_msgctxt = None
        entry.occurrences = sorted({(file.removeprefix("./"), "") for file, _ in entry.occurrences})
    catalogue.sort(key=lambda entry: (entry.msgid, entry.msgctxt or ""))
    return catalogue


def main() -> int:
    gather()
    missing = 0
    for language in LANGUAGES:
        catalogue = tidy(language)
        catalogue.save()
        catalogue.save_as_mofile(str(catalogue_of(language).with_suffix(".mo")))
        without = catalogue.untranslated_entries()
        missing += len(without)
        print(f"{language}: {len(catalogue)} sentences, {len(without)} of them without translation")
        for entry in without:
            print(f"  {entry.msgid}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
