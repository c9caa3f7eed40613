# Daftar's schema annotations: they turn a Cap'n Proto struct into a table definition.
#
# Names inside annotations are field paths: a field name as it stands in the struct, or several of
# them joined by dots that walk into groups, nested structs and lists of structs ("address.city",
# "names.text"). They are resolved when a schema is loaded and stored as ordinals, so a renamed field
# keeps its indexes. docs/schema.md is the reference with examples.
@0xd5d4bc7d3a1c9e01;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("daftar::schema");

annotation table @0xd5d4bc7d3a1c9e02 (struct) :Table;
# Makes the struct a table of the database.

struct Table @0xd5d4bc7d3a1c9e03 {
  name @0 :Text;
  # How queries and the CLI call the table: letters, digits and underscores, starting with a letter.
  key @1 :List(Text);
  # The primary key: one or more paths, each with an optional " desc". Key fields are always set; a
  # path may walk into groups and nested structs but not into lists or optional fields.
  requires @2 :List(Statement);
  # What every commit to the table must state.
  historyDays @3 :UInt32;
  # For how many days old versions of records are kept at least; `daftar prune` removes older ones. 0:
  # for good.

  enum Statement {
    actor @0;
    # Who changes the book.
    reason @1;
    # Why.
    decision @2;
    # The key of the decision that the change rests on.
  }
}

annotation index @0xd5d4bc7d3a1c9e04 (struct) :Index;
# An ordered index of the table; a struct may carry several.

struct Index @0xd5d4bc7d3a1c9e05 {
  name @0 :Text;
  # Unique within the table: letters, digits and underscores, starting with a letter.
  on @1 :List(Text);
  # What entries are ordered by. Each element is a path with optional " asc" or " desc" and optional
  # " nulls first" or " nulls last". Without them: ascending, nulls first; descending, nulls last.
  # A path into a list makes one entry per distinct element (fan-out). Paths that fan out must all
  # walk through the same lists; a record whose list is empty has no entry.
  unique @2 :Bool;
  # No two records share the values of `on`. As in SQL, values that contain a null never clash.
  covering @3 :List(Text);
  # Further paths, not through lists, whose values are stored in the entry, so that a query that
  # needs nothing else reads no record.
  where @4 :Text;
  # Only records that meet this condition have entries: "path op literal", joined by " and ".
  # Operators: = != < <= > >= ^= (starts with), "in (a, b)", "is null", "is not null".
}

annotation date @0xd5d4bc7d3a1c9e06 (field) :Void;
# On Int32: days since 1970-01-01 in the proleptic Gregorian calendar, written "YYYY-MM-DD".

annotation instant @0xd5d4bc7d3a1c9e07 (field) :Void;
# On Int64: microseconds since 1970-01-01T00:00:00Z, written "YYYY-MM-DDTHH:MM:SS[.ffffff]Z".

annotation decimal @0xd5d4bc7d3a1c9e08 (field) :UInt8;
# On Int32 or Int64: an exact decimal; the value is the number of digits after the point, 0 to 18.

annotation json @0xd5d4bc7d3a1c9e09 (field) :Void;
# On Text: holds one JSON value of any shape, checked on write and shown as JSON, not as a string.

annotation aggregate @0xd5d4bc7d3a1c9e0a (struct) :Aggregate;
# Totals of the table's records by group, kept up to date by every commit; a struct may carry several.

struct Aggregate @0xd5d4bc7d3a1c9e0b {
  name @0 :Text;
  # Unique among the aggregates of the table: letters, digits and underscores, starting with a letter.
  by @1 :List(Text);
  # What makes a group, written as `on` of an index is. Without any, all records are one group. A path
  # into a list puts a record into one group for each distinct element. How many records a group has
  # is always kept; a group without records is gone.
  sum @2 :List(Text);
  # Integers and decimals whose sum is kept, exactly. Not through lists. Nulls do not count. What is
  # $money is only added up in groups of one currency.
  min @3 :List(Text);
  max @4 :List(Text);
  # Read from an index that begins with the paths of `by` and goes on with this one, which must be
  # declared.
  where @5 :Text;
  # Only records that meet this condition count; written as in an index.
}

annotation point @0xd5d4bc7d3a1c9e20 (struct) :Point;
# An index of where records are on the Earth, for "near" and "within"; a struct may carry several.

struct Point @0xd5d4bc7d3a1c9e21 {
  name @0 :Text;
  # Unique among the indexes of the table: letters, digits and underscores, starting with a letter.
  latitude @1 :Text;
  longitude @2 :Text;
  # Degrees on WGS84, north and east positive: paths to decimals or floats, not through lists. A
  # record has an entry when both are set, from -90 to 90 and from -180 to 180.
  where @3 :Text;
  # Only records that meet this condition have entries; written as in an index.
}

annotation money @0xd5d4bc7d3a1c9e0c (field) :Text;
# On an integer: an amount in the currency that the text field of this name, beside it, holds.
