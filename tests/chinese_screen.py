"""What a page of the app shows in words, and which of them are still English."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest

from ecgcore.learn.devices import devices
from ecgcore.review.chinese import TABLES, translate
from pages.shared.chinese import WORDS

# What a reader does not see: names of parts, links, scripts, and configuration.
UNSEEN = {
    *(
        "id",
        "key",
        "form_id",
        "element_id",
        "icon",
        "url",
        "uri",
        "format",
        "type",
        "config",
        "mime",
    ),
    *("component_name", "js_content", "css_content", "html_content", "bytes", "data", "language"),
    *("query_param_key", "raw_value", "color", "colorscale", "template", "uirevision", "spec"),
    *("url_pathname", "page_script_hash", "upload_url", "styler", "agent_props", "user_key"),
}
# Words that stay as they are: names of products, people, data sets, formats and licences, formulas,
# and what a run of training is told or prints.
NAMES = re.compile(
    r"Leadproof|PhysioNet/CinC Challenge|PTB-XL|LUDB|CinC|CPSC|Chapman-Shaoxing|CODE-15|ODC-By"
    r"|CC BY|GE HealthCare|GE MUSE XML|GE CardioSoft XML|HL7 aECG|Welch Allyn|Contec ECG90A"
    r"|[A-Z][\w-]+ XML|\b(?:aV[RLF]|I{1,3}|V[1-6]|[RL][AL])\b"
    r"|Bazett|Fridericia|Framingham|Hodges|[\w ]+ et al\.[^·]*|ROC|SHA-256|\.\w{2,5}\b"
)
KNOWN = {
    english
    for words in (WORDS, *TABLES)
    for english, chinese in words.items()
    if english != chinese and re.search("[a-z]{3}", NAMES.sub("", english))
}
ICONS = re.compile(r":[\w-]+-badge\[|:material/\w+:|\]")
DEVICES = [device.name for device in devices()]
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ,;:]+[A-Za-z]{2,}){2,}")


def english_left(text: str) -> list[str]:
    """Runs of three or more English words in a text; shorter ones that have a Chinese word."""
    if ICONS.sub("", text).strip(" *:") in KNOWN:
        return [text]
    for device in DEVICES:
        text = text.replace(device, "")
    plain = re.sub(r"%\{[^}]*\}|<[^<>]*>|`[^`]*`|\bhttps?://\S+", " ", text)
    return ENGLISH.findall(NAMES.sub("·", plain))


def texts(app: AppTest) -> Iterator[str]:
    """Whatever the page shows, asks and draws; the code of a run and its log apart."""
    for node in app._tree:
        proto = getattr(node, "proto", None)
        kind = getattr(node, "type", "")
        if proto is None or kind == "code":
            continue
        if kind in ("arrow_data_frame", "arrow_table", "dataframe", "table"):
            yield from _cells(node.value)
        elif kind == "plotly_chart":
            yield proto.alt
            yield from _strings(json.loads(proto.spec))
        else:
            yield from _strings(proto)


def _cells(table: pd.DataFrame) -> Iterator[str]:
    # The settings of a checkpoint stand there as its configuration spells them.
    columns = [] if list(table.columns) == [translate("value")] else list(table)
    for part in (table.columns, table.index, *(table[name] for name in columns)):
        yield from (str(x) for x in part)


def _strings(value: Any) -> Iterator[str]:
    if hasattr(value, "ListFields"):
        value = {field.name: item for field, item in value.ListFields()}
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if key == "json":  # what a component of ours is given, words by their English ones
                yield from _strings(json.loads(item))
            elif key not in UNSEEN:
                yield from _strings(item)
    elif isinstance(value, Iterable) and not isinstance(value, bytes):
        for item in value:
            yield from _strings(item)
