"""XML of untrusted origin: bombs, foreign files and odd encodings, within bounds or refused."""

from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecgcore.errors import ReadError
from ecgcore.io.xml_document import (
    factor,
    number,
    numbers,
    parse,
    root_name,
    text_of,
    whole_number_of,
)

ENTITIES = "defines entities or refers to other files"


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', ENTITIES),
        (b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>', ENTITIES),
        (b'<!DOCTYPE a [<!ENTITY % x SYSTEM "http://localhost/x.dtd"> %x;]><a/>', ENTITIES),
        (b'<!DOCTYPE a [<!ENTITY x "1"><!ENTITY y "&x;&x;&x;">]><a>&y;</a>', ENTITIES),
        (b'<!DOCTYPE a [<!ATTLIST b c CDATA "d">]><a><b/></a>', "declares attributes"),
        (b'<!DOCTYPE a SYSTEM "a.dtd"><a>&x;</a>', "damaged"),
        (b"<a>&x;</a>", "damaged"),
        (b"<a><b></a>", "damaged"),
        (b"<a>", "damaged"),
        (b"<a/><b/>", "damaged"),
        (b"<a>\0</a>", "damaged"),
        (b"", "damaged"),
    ],
)
def test_what_a_document_may_not_do_is_refused(document: bytes, sentence: str):
    with pytest.raises(ReadError, match=sentence):
        parse(document)


def test_a_declared_default_is_refused_before_each_element_gets_a_copy():
    default = b'<!DOCTYPE a [<!ATTLIST b c CDATA "' + b"x" * 100_000 + b'">]>'
    with pytest.raises(ReadError, match="declares attributes"):
        parse(default + b"<a>" + b"<b/>" * 400_000 + b"</a>")


def test_a_doctype_is_allowed_and_fetches_nothing():
    root = parse(b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a><b>1</b></a>')
    assert text_of(root, "b") == "1"
    assert parse(b"<!DOCTYPE a [<!ELEMENT a (#PCDATA)>]><a>1</a>").text == "1"


def test_depth_elements_and_attributes_are_bounded(monkeypatch):
    monkeypatch.setattr("ecgcore.io.xml_document.MAX_XML_DEPTH", 3)
    monkeypatch.setattr("ecgcore.io.xml_document.MAX_XML_ELEMENTS", 10)
    monkeypatch.setattr("ecgcore.io.xml_document._MAX_ATTRIBUTES", 5)
    assert len(parse(b"<a><b><c/></b>" + b"<b/>" * 7 + b"</a>")) == 8
    with pytest.raises(ReadError, match="more than 10 elements or is nested more than 3 deep"):
        parse(b"<a><b><c><d/></c></b></a>")
    with pytest.raises(ReadError, match="more than 10 elements"):
        parse(b"<a>" + b"<b/>" * 10 + b"</a>")
    assert len(parse(b"<a b='1' c='2' d='3' e='4' f='5'/>").attrib) == 5
    with pytest.raises(ReadError, match="more than 5 attributes"):
        parse(b"<a b='1' c='2' d='3' e='4' f='5' g='6'/>")


def test_deep_nesting_is_refused_long_before_it_costs_anything():
    with pytest.raises(ReadError, match="nested more than 100 deep"):
        parse(b"<a>" * 1_000_000)


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("UTF-8", "utf-8"),
        ("UTF-8", "utf-8-sig"),
        ("UTF-8", "utf-16"),
        ("UTF-8", "latin-1"),
        ("UTF-16", "utf-16"),
        ("UTF-16", "utf-8"),
        ("UTF-16", "utf-16-le"),
        ("UTF-16", "utf-16-be"),
        ("ISO-8859-1", "latin-1"),
        ("iso-8859-1", "utf-8-sig"),
        ("windows-1252", "cp1252"),
        ("no-such-thing", "utf-8"),
        ("idna", "utf-8"),
        ("zlib", "utf-8"),
    ],
)
def test_a_document_reads_whatever_it_declares_and_however_it_is_stored(
    declared: str, encoding: str
):
    document = f'<?xml version="1.0" encoding="{declared}"?><a><b c="d">µV</b></a>'
    data = document.encode(encoding)
    assert root_name(data) == "a"
    assert text_of(parse(data), "b") == "µV"


@pytest.mark.parametrize("codec", ["gb2312", "gbk", "gb18030", "big5", "shift_jis"])
def test_documents_from_china_and_japan_read(codec: str):
    data = f'<?xml version="1.0" encoding="{codec}"?><a>心</a>'.encode(codec)
    assert parse(data).text == "心"


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"<RestingECG/>", "restingecg"),
        (b"\n  <a/>", "a"),
        (b"<x:RestingECG xmlns:x='y'/>", "restingecg"),
        (b"<!-- of <b>someone</b> --><a/>", "a"),
        (b"<?xml version='1.0'?><?xml-stylesheet href='b'?><!DOCTYPE c SYSTEM 'd'><a/>", "a"),
        (b"<!--" + b" <b> " * 10_000 + b"--><a/>", None),
        (b"<1", None),
        (b"a < b", None),
        (b"%PDF-1.7 <a/>", None),
        (b"<\0\0\0", None),
        (b"", None),
    ],
)
def test_the_root_is_named_without_parsing(data: bytes, name: str | None):
    assert root_name(data) == name


@given(st.binary(max_size=300))
def test_any_bytes_parse_or_are_refused(data: bytes):
    for document in (data, b"<a>" + data, b"<a>" + data + b"</a>"):
        root_name(document)
        with suppress(ReadError):
            assert parse(document).tag


def test_names_come_without_their_namespaces():
    root = parse(b'<x:a xmlns:x="u:v" xmlns:y="w"><x:b y:type="T" c="1"/></x:a>')
    assert (root.tag, root[0].tag, root[0].attrib) == ("a", "b", {"type": "T", "c": "1"})


def test_an_undeclared_prefix_is_damage():
    with pytest.raises(ReadError, match="damaged"):
        parse(b'<a xsi:type="T"/>')


@given(st.lists(st.floats(allow_nan=False, width=32), max_size=50), st.sampled_from(" ,\n\t"))
def test_a_list_comes_back_with_any_separator(values: list[float], separator: str):
    text = separator.join(repr(value) for value in values)
    np.testing.assert_array_equal(numbers(text, "samples"), np.array(values))


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", []),
        (" \n\t ", []),
        ("\n\t1,\n2 ,3,\n\t\t", [1, 2, 3]),
        (",1", [1]),
        ("-1 +2 3.5 4e1", [-1, 2, 3.5, 40]),
        ("nan inf", [np.nan, np.inf]),
    ],
)
def test_lists_are_read_as_vendors_lay_them_out(text: str, values: list[float]):
    np.testing.assert_array_equal(numbers(text, "samples"), np.array(values, dtype=float))


@pytest.mark.parametrize("text", ["1;2", "1 x", "0x10", "1.2.3", "-", "1_000", "1 2 \0"])
def test_something_else_in_a_list_is_refused(text: str):
    with pytest.raises(ReadError, match="list of samples holds something that is not a number"):
        numbers(text, "samples")


@pytest.mark.parametrize("text", ["1,,2", "1, ,2", "1,\n,2"])
def test_a_missing_value_is_refused_instead_of_shifting_the_others(text: str):
    with pytest.raises(ReadError, match="lacks a value between two commas"):
        numbers(text, "samples")


def test_a_list_beyond_the_limit_is_refused_unread(monkeypatch):
    monkeypatch.setattr("ecgcore.io.xml_document.MAX_VALUES", 10)
    with pytest.raises(ReadError, match="longer than 10 values"):
        numbers("1 " * 100, "samples")


@pytest.mark.parametrize("text", [None, "", "x", "nan", "inf", "1e999", "1,5"])
def test_a_number_that_is_none_is_refused_by_its_name(text: str | None):
    for reading in (number, factor):
        with pytest.raises(ReadError, match="The file states no usable sampling rate"):
            reading(text, "sampling rate")


def test_numbers_factors_and_whole_numbers():
    root = parse(b"<a><b> 4.88 </b><c>0</c><d>1e3</d><e/></a>")
    assert number(text_of(root, "b"), "scale") == factor(text_of(root, "b"), "scale") == 4.88
    assert number("0", "scale") == 0.0
    with pytest.raises(ReadError, match="The file states 0 as scale"):
        factor(text_of(root, "c"), "scale")
    assert whole_number_of(root, "d", "count") == 1000
    assert whole_number_of(root, "e", "count") is None
    assert whole_number_of(root, "f", "count") is None
    with pytest.raises(ReadError, match=r"4\.88 as count, expected a whole number"):
        whole_number_of(root, "b", "count")
