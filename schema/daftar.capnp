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
  permanent @4 :Bool;
  # Records are never deleted.

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
  forever @5 :Bool;
  # On a unique index: what a record once had, no other record ever gets, as long as the table's old
  # versions are kept.
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

annotation search @0xd5d4bc7d3a1c9e50 (struct) :Search;
# Names of the table's records that `daftar find` and Database::Search find, in whichever script and
# spelling; a struct may carry several.

struct Search @0xd5d4bc7d3a1c9e51 {
  name @0 :Text;
  # Unique among the indexes of the table: letters, digits and underscores, starting with a letter.
  fields @1 :List(Text);
  # Paths to Text: the names. They may walk through lists, each through its own.
  from @2 :Text;
  to @3 :Text;
  # Dates beside a name, in the same list: the first day on which it was borne, and the first on
  # which it no longer was. Names in `fields` that lie elsewhere have none.
  where @4 :Text;
  # Only records that meet this condition are found; written as in an index.
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

annotation extends @0xd5d4bc7d3a1c9e1e (struct) :Void;
# The other annotations of this struct count for the table whose struct its only field has: so a file
# of its own can give indexes, aggregates and rules to tables that another file declares. What else
# that file declares is taken over by naming it in a field of some struct.

# --- Rules -----------------------------------------------------------------------------------------
#
# What must hold after every commit, whoever makes it and how. docs/rules.md explains each kind with
# examples. Rules of one table have names of their own, as indexes have.

enum Policy @0xd5d4bc7d3a1c9e0d {
  refuse @0;
  # A commit that breaks the rule is refused.
  report @1;
  # Commits go through; `daftar audit` lists who breaks the rule.
}

annotation reference @0xd5d4bc7d3a1c9e0e (struct) :Reference;
# The values of some fields are the key of a record; a struct may carry several.

struct Reference @0xd5d4bc7d3a1c9e0f {
  name @0 :Text;
  on @1 :List(Text);
  # Paths, in the order of the key of `table`. Where one is null nothing is referred to. Paths may go
  # into one list: then each element refers.
  table @2 :Text;
  onDelete @3 :OnDelete;
  policy @4 :Policy;

  enum OnDelete {
    refuse @0;
    # A record that is referred to is not deleted. Takes an index that begins with the paths of `on`.
    keep @1;
    # It is; the values stay as the number that it had.
  }
}

annotation check @0xd5d4bc7d3a1c9e10 (struct) :Check;
# A condition on each record; a struct may carry several.

struct Check @0xd5d4bc7d3a1c9e11 {
  name @0 :Text;
  expression @1 :Text;
  # In SQL over the columns of the table; as in SQL, a record for which it is null passes.
  policy @2 :Policy;
}

annotation exclusive @0xd5d4bc7d3a1c9e12 (struct) :Exclusive;
# No two records of one group have intervals that overlap; a struct may carry several.

struct Exclusive @0xd5d4bc7d3a1c9e13 {
  name @0 :Text;
  by @1 :List(Text);
  # What makes a group: "no two leases of a plot". A record with a null there is in none.
  from @2 :Text;
  to @3 :Text;
  # The half-open interval [from, to): null is without beginning, or without end. One that ends on or
  # before the day it begins is empty and overlaps with none.
  where @4 :Text;
  # Only records that meet this condition count; written as in an index.
  policy @5 :Policy;
  # Takes an index with the same `where`, on the paths of `by` and then `from`, that covers `to`.
}

annotation sumsTo @0xd5d4bc7d3a1c9e14 (struct) :SumsTo;
# Numbers add up, exactly; a struct may carry several.

struct SumsTo @0xd5d4bc7d3a1c9e15 {
  name @0 :Text;
  sum @1 :Text;
  # An integer or decimal. Null counts as nothing.
  by @2 :List(Text);
  # What makes a group of records. Without it the elements of one record are added up: `sum` then
  # goes into a list. With it, takes an index with the same `where` that begins with the paths of
  # `by` and holds or covers `sum` and what else is named here.
  total @3 :Int64;
  # In units of the last digit that the field has. A group without records needs none.
  atMost @4 :Bool;
  # The sum is `total` or less.
  from @5 :Text;
  to @6 :Text;
  # With `by`: each record counts in [from, to) only, and the sum is right on every day on which some
  # record counts.
  totalWhere @7 :Text;
  # With `by`: the total is not `total` but what records of the group that meet this condition add up
  # to, and the sum is that of those that do not: contributions against commitments.
  where @8 :Text;
  # Only records that meet this condition count.
  policy @9 :Policy;
}

annotation lifecycle @0xd5d4bc7d3a1c9e16 (struct) :Lifecycle;
# A record goes from state to state by declared acts only; a struct may carry several, on different
# fields.

struct Lifecycle @0xd5d4bc7d3a1c9e17 {
  name @0 :Text;
  field @1 :Text;
  # Of an enumeration: the state.
  initial @2 :List(Text);
  # The states in which a record may begin.
  acts @3 :List(Act);
  derived @4 :List(Derived);
  zone @5 :Text;
  # Holds where the record belongs: an officer acts only in the zones of his powers.
  on @6 :Text;
  # A date: when an act takes effect, on which powers must be in force. When the act does not change
  # it, or without it: the day of the commit.
  policy @7 :Policy;
}

struct Act @0xd5d4bc7d3a1c9e18 {
  name @0 :Text;
  from @1 :List(Text);
  # States, stored or derived.
  to @2 :Text;
  # May be the state it comes from: an act that changes something else.
  changes @3 :List(Text);
  # Paths that an act must change. What some act of the lifecycle lists here is changed by these acts
  # only, and by going from one state to another.
  by @4 :List(Text);
  # Roles, one of which the actor must have; see $powers. Without: everybody.
  needs @5 :List(Text);
  # Paths that must be set after it.
  states @6 :List(Table.Statement);
  # What the commit must state.
  officer @7 :Text;
  # A field that must hold the actor after it: who signs is who acts.
  due @8 :Text;
  # A date of the record before the act, around which the act is possible: from `daysBefore` days
  # before until `daysAfter` days after it, that day included. Null: at any time.
  daysBefore @9 :Int32;
  daysAfter @10 :Int32;
}

struct Derived @0xd5d4bc7d3a1c9e19 {
  # A state that nobody enters: it follows from a date.
  state @0 :Text;
  of @1 :List(Text);
  # The stored states that turn into it.
  since @2 :Text;
  # A date: the first day of the state, `days` later. Null: never.
  days @3 :Int32;
}

annotation powers @0xd5d4bc7d3a1c9e1a (struct) :Powers;
# The table says who may act: each record gives one person one role. One table of a schema at most.

struct Powers @0xd5d4bc7d3a1c9e1b {
  actor @0 :Text;
  # Who, as commits state the actor. Takes an index that begins with it.
  role @1 :Text;
  zone @2 :Text;
  # Where; null: everywhere.
  from @3 :Text;
  to @4 :Text;
  # When, [from, to); null: without beginning or end.
}

annotation decisions @0xd5d4bc7d3a1c9e1c (struct) :Decisions;
# The table holds the decisions that commits rest on: one that states a decision must name a record of
# it by its key, the parts joined by "/". One table of a schema at most.

struct Decisions @0xd5d4bc7d3a1c9e1d {
  decidedOn @0 :Text;
  # A date that must be set and not in the future when a commit rests on the decision.
}

annotation identifier @0xd5d4bc7d3a1c9e1f (struct) :Identifier;
# Numbers keep the form and the check digits of their schemes; what was written stays as it was
# written, in any digits. A struct may carry several.

struct Identifier @0xd5d4bc7d3a1c9e22 {
  name @0 :Text;
  value @1 :Text;
  # Text: the number. The path may go into a list.
  scheme @2 :Text;
  # The scheme of all of them: "lei", "iban", "isin", "ir-legal-id", "ir-national-id", "iso3166-1",
  # "iso3166-2", "iso4217", "unlocode", "isic4", "hs", "pk-cnic", "pk-ntn", "pk-cuin".
  schemeIn @3 :Text;
  # Or a path, through the same list, that says it; a scheme that is none of these is not looked at.
  reported @4 :List(Text);
  # Schemes of which what is wrong is reported only.
  policy @5 :Policy;
}
