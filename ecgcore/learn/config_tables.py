"""Frozen dataclasses to and from the tables of a TOML file, every key and type checked."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from ecgcore.errors import TrainingError

Record = TypeVar("Record")
_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "text"}


def from_table(kind: type[Record], table: Any, where: str) -> Record:
    """Make a dataclass of a table; fields that are not named keep their defaults.

    Parameters
    ----------
    kind : type
        A dataclass whose fields are bool, int, float, str, tuples of these, mappings, or again
        such dataclasses.
    table : mapping
        As `tomllib` reads it.
    where : str
        Name of the table, for the messages.

    Raises
    ------
    TrainingError
        An unknown or missing key, or a value of another type.
    """
    if not isinstance(table, Mapping):
        raise TrainingError(f"{where} is {table!r}, expected a table of fields.")
    hints = get_type_hints(kind)
    names = [field.name for field in fields(kind)]  # type: ignore[arg-type]
    refuse_unknown(table, names, where)
    values = {key: _value(hints[key], value, f"{where}.{key}") for key, value in table.items()}
    try:
        return kind(**values)
    except TypeError as error:
        raise TrainingError(f"{where} is incomplete: {error}.") from error


def refuse_unknown(table: Mapping[str, Any], allowed: list[str], where: str) -> None:
    """Check the keys of a table.

    Raises
    ------
    TrainingError
        One is not allowed.
    """
    unknown = [key for key in table if key not in allowed]
    if unknown:
        raise TrainingError(f'{where} has no field "{unknown[0]}", only {", ".join(allowed)}.')


def to_table(record: Any) -> dict[str, Any]:
    """Return what `from_table` reads; fields that are None are left out, as TOML has no null."""
    return {
        field.name: _plain(value)
        for field in fields(record)
        if (value := getattr(record, field.name)) is not None
    }


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return to_table(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return dict(value) if isinstance(value, Mapping) else value


def _value(hint: Any, value: Any, where: str) -> Any:
    """Check one value against its type hint; lists become tuples, whole numbers floats."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        return _value(next(a for a in arguments if a is not type(None)), value, where)
    if is_dataclass(hint):
        return from_table(hint, value, where)  # type: ignore[arg-type]
    if origin is tuple:
        return _items(arguments, value, where)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    kind = origin if isinstance(origin, type) else hint
    is_whole_or_flag = kind is not bool and isinstance(value, bool)
    if kind is not Any and (is_whole_or_flag or not isinstance(value, kind)):
        raise TrainingError(f"{where} is {value!r}, expected {_KINDS.get(kind, 'a table')}.")
    return value


def _items(arguments: tuple[Any, ...], value: Any, where: str) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise TrainingError(f"{where} is {value!r}, expected a list.")
    if Ellipsis in arguments:
        arguments = (arguments[0],) * len(value)
    if len(arguments) != len(value):
        raise TrainingError(f"{where} has {len(value)} values, expected {len(arguments)}.")
    return tuple(
        _value(hint, item, f"{where}[{number}]")
        for number, (hint, item) in enumerate(zip(arguments, value, strict=True))
    )
