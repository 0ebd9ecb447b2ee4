"""The compiled loops that answer queries: all rows within a radius, by tables or by looking at each row.

A query spends its time waiting for memory. So each step goes over a list and asks the memory early for what the next
step needs: values → groups → spans of rows → rows → hashes. What is read may come from a damaged file: whatever leads
to a place in an array is bounded before it is used.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from qalqan.compiled import compiled
from qalqan.match.radius.arrays import Found, FoundIds, Postings, Probe, Tables, Words
from qalqan.match.radius.bits import BYTES, EACH, FOUR, LAST, apart, part, prefetch

LOOKED = 512
"""Values looked up at a time."""
GATHERED = 4_096
"""Rows compared at a time."""
ABREAST = 256
"""Rows of a plain scan whose distances are computed at a time: a vector loop without branches."""
FEW = 32
"""Answers of one query that are sorted here, by insertion; numpy sorts more of them quicker."""
HALF, NIBBLE = np.uint64(0xFFFFFFFF), np.uint64(15)

Numbers = npt.NDArray[np.int64]


class Sought(NamedTuple):
    """One search: the queries, what they are compared with, and how."""

    queries: Words
    hashes: Words
    tables: Tables
    probe: Probe
    seen: npt.NDArray[np.uint8]
    """(n / 8 + 1,): a bit for each hash, all 0. One that differs in few bits is brought by most tables."""
    radius: int


@compiled
def by_tables(sought: Sought) -> Found:
    """Return (query, row, bits) of all rows within the radius, in the order of the queries."""
    found = _room(256)
    count = 0
    spans, rows = np.empty((LOOKED, 3), np.int64), np.empty(GATHERED, np.int64)
    for query in range(len(sought.queries)):
        begun, mask = count, 0
        while mask < len(sought.probe.masks):
            mask, filled = _look(sought, query, mask, spans)
            span = 0
            while span < filled:
                span, taken = _gather(sought, spans[:filled], span, rows)
                found = _more(found, count, taken)
                count = _judge(sought, query, rows[:taken], found, count)
        _forget(sought, found, begun, count)
    return found[0][:count], found[1][:count], found[2][:count]


@compiled
def _look(sought: Sought, query: int, mask: int, spans: Numbers) -> tuple[int, int]:
    """Find in which table, from where to where, the rows of some values are; return the next mask and how many spans.

    One loop without calls: numba's calls would take longer than what they do.
    """
    groups, crowded, rows, cuts = sought.tables.groups, sought.tables.crowded, sought.tables.rows, sought.tables.cuts
    masks, begins, many = sought.probe.masks, sought.probe.begins, np.int64(len(sought.hashes))
    filled = table = 0
    last = min(mask + len(spans), len(masks))
    while mask < last:
        while begins[table + 1] <= mask:
            table += 1
        value, first = part(sought.queries, query, cuts[table, 0], cuts[table, 1]), cuts[table, 2]
        stop = min(last, begins[table + 1])
        for place in range(mask, stop):
            prefetch(groups, (first + ((value ^ masks[place]) >> 4)) * 2)
        for place in range(mask, stop):
            wanted = value ^ masks[place]
            head, counts = groups[first + (wanted >> 4), 0], groups[first + (wanted >> 4), 1]
            shift = np.uint64((wanted & 15) << 2)
            before = counts & ((np.uint64(1) << shift) - np.uint64(1))
            start = np.int64((head & HALF) + ((((before & BYTES) + ((before >> FOUR) & BYTES)) * EACH) >> LAST))
            end = start + np.int64((counts >> shift) & NIBBLE)
            crowd = np.int64(head >> np.uint64(32)) - 1
            if 0 <= crowd < len(crowded):
                start, end = np.int64(crowded[crowd, wanted & 15]), np.int64(crowded[crowd, (wanted & 15) + 1])
            end = min(end, many)
            spans[filled, 0], spans[filled, 1], spans[filled, 2] = start, end, table
            prefetch(rows, np.int64(table - 1) * many + start)
            filled += int(start < end)
        mask = stop
    return mask, filled


@compiled
def _gather(sought: Sought, spans: Numbers, span: int, rows: Numbers) -> tuple[int, int]:
    """Copy rows from the span `span` on until `rows` is full; return the span to go on with, and how many rows."""
    hashes, ordered = sought.hashes, sought.tables.rows
    taken = 0
    while span < len(spans) and taken < len(rows):
        table = spans[span, 2]
        end = min(spans[span, 1], spans[span, 0] + len(rows) - taken)
        for place in range(spans[span, 0], end):
            row = np.int64(ordered[table - 1, place]) if table > 0 else np.int64(place)
            prefetch(hashes, row * 4)
            rows[taken] = row
            taken += int(row < len(hashes))
        spans[span, 0] = end
        span += end == spans[span, 1]
    return span, taken


@compiled
def _judge(sought: Sought, query: int, rows: Numbers, found: Found, count: int) -> int:
    """Add the rows that are near and were not found before; return how many there are now."""
    queries, hashes, seen, radius = sought.queries, sought.hashes, sought.seen, np.uint64(sought.radius)
    whose, which, distances = found
    for place in range(len(rows)):
        row = rows[place]
        bits = apart(queries, query, hashes, row)
        if bits <= radius and not (seen[row >> 3] >> np.uint8(row & 7)) & np.uint8(1):
            seen[row >> 3] |= np.uint8(1) << np.uint8(row & 7)
            whose[count], which[count], distances[count] = query, row, bits
            count += 1
    return count


@compiled
def _forget(sought: Sought, found: Found, begin: int, end: int) -> None:
    """Set back what one query has seen."""
    seen, which = sought.seen, found[1]
    for place in range(begin, end):
        seen[which[place] >> 3] = np.uint8(0)


@compiled
def by_scan(queries: Words, hashes: Words, radius: int) -> Found:
    """Return (query, row, bits) of all rows within `radius`, looking at each; in the order of the queries and rows."""
    found = _room(256)
    count = 0
    bits = np.empty(ABREAST, np.int64)
    for query in range(len(queries)):
        for begin in range(0, len(hashes), ABREAST):
            many = min(ABREAST, len(hashes) - begin)
            nearest = np.int64(256)
            for place in range(many):
                bits[place] = np.int64(apart(queries, query, hashes, begin + place))
                nearest = min(nearest, bits[place])
            if nearest <= radius:
                found = _more(found, count, many)
                count = _pick(query, begin, bits[:many], radius, found, count)
    return found[0][:count], found[1][:count], found[2][:count]


@compiled
def _pick(query: int, begin: int, bits: Numbers, radius: int, found: Found, count: int) -> int:
    whose, which, distances = found
    for place in range(len(bits)):
        if bits[place] <= radius:
            whose[count], which[count], distances[count] = query, begin + place, bits[place]
            count += 1
    return count


@compiled
def equal(queries: Words, hashes: Words) -> Found:
    """Return (query, row, 0) of the rows that equal a query: halving, since the hashes are sorted and different."""
    found = _room(len(queries))
    count = 0
    for query in range(len(queries)):
        low, high = 0, len(hashes)
        while low < high:
            middle = (low + high) // 2
            if _less(hashes, middle, queries, query):
                low = middle + 1
            else:
                high = middle
        if low < len(hashes) and apart(queries, query, hashes, low) == np.uint64(0):
            found[0][count], found[1][count], found[2][count] = query, low, 0
            count += 1
    return found[0][:count], found[1][:count], found[2][:count]


@compiled
def _less(one: Words, row: int, other: Words, place: int) -> bool:
    for word in range(4):
        if one[row, word] != other[place, word]:
            return bool(one[row, word] < other[place, word])
    return False


@compiled
def _room(many: int) -> Found:
    return np.empty(many, np.intp), np.empty(many, np.intp), np.empty(many, np.uint8)


@compiled
def _more(found: Found, count: int, many: int) -> Found:
    """Return arrays with room for `many` more, with what they hold."""
    if count + many <= len(found[0]):
        return found
    wider = _room(2 * (count + many))
    for old, new in ((found[0], wider[0]), (found[1], wider[1])):
        new[:count] = old[:count]
    wider[2][:count] = found[2][:count]
    return wider


@compiled
def unfolded(found: Found, postings: Postings, limit: int) -> tuple[FoundIds, bool]:
    """Return the ids of the rows, at most the nearest `limit` of each query; and whether they still need sorting."""
    queries, rows, distances = found
    ends, total, most = _wanted(found, postings, limit)
    whose, ids, bits = np.empty(total, np.intp), np.empty(total, np.uint64), np.empty(total, np.uint8)
    count = 0
    for place in range(len(queries)):
        start = np.int64(postings.starts[rows[place]])
        for posting in range(start, ends[place]):
            at = count
            while most <= FEW and at > 0 and whose[at - 1] == queries[place] and ids[at - 1] > postings.ids[posting]:
                ids[at], bits[at] = ids[at - 1], bits[at - 1]
                at -= 1
            whose[count] = queries[place]
            ids[at], bits[at] = postings.ids[posting], distances[place]
            count += 1
    return (whose, ids, bits), most > FEW


@compiled
def _wanted(found: Found, postings: Postings, limit: int) -> tuple[Numbers, int, int]:
    """Return where the postings of each row found end, with the far ones of each query cut; their sum and maximum."""
    queries, rows, distances = found
    ends = np.empty(len(rows), np.int64)
    total = most = begin = 0
    while begin < len(queries):
        end, levels = begin, np.zeros(257, np.int64)
        while end < len(queries) and queries[end] == queries[begin]:
            start, ends[end] = _posting(postings, rows[end])
            levels[distances[end] + 1] += ends[end] - start
            end += 1
        for level in range(256):
            levels[level + 1] += levels[level]
        kept = min(limit, levels[256])
        for place in range(begin, end):
            # levels[b] have been taken by nearer ones and by those before it at the same distance.
            start = np.int64(postings.starts[rows[place]])
            many = max(0, min(ends[place] - start, limit - levels[distances[place]]))
            ends[place] = start + many
            levels[distances[place]] += many
        total, most, begin = total + kept, max(most, kept), end
    return ends, total, most


@compiled
def _posting(postings: Postings, row: int) -> tuple[np.int64, np.int64]:
    start, end = np.int64(postings.starts[row]), np.int64(postings.starts[row + 1])
    end = min(end, np.int64(len(postings.ids)))
    return start, max(start, end)
