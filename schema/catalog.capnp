# What a database stores about itself: one message per schema version. Internal to the engine; part
# of the on-disk format, so fields are only ever added.
@0xb4a7c1f05e0d9a01;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("daftar::schema::stored");

struct Catalog @0xb4a7c1f05e0d9a02 {
  schemaVersion @0 :UInt32;
  nextTableId @1 :UInt32;
  # Ids are given out once: also those of dropped tables and indexes are below these.
  nextIndexId @2 :UInt32;
  tables @3 :List(Table);
  nodes @4 :List(Data);
  # The canonical message of each compiled schema node.
  aggregateIds @5 :UInt32;
  # How many ids of aggregates were given out.
}

struct FieldRef @0xb4a7c1f05e0d9a03 {
  structId @0 :UInt64;
  ordinal @1 :UInt16;
}

struct Term @0xb4a7c1f05e0d9a04 {
  path @0 :List(FieldRef);
  direction @1 :UInt8;
  nulls @2 :UInt8;
  keyType @3 :UInt8;
  # What the stored keys were made with; a schema that gives another type does not fit them.
}

struct Condition @0xb4a7c1f05e0d9a05 {
  path @0 :List(FieldRef);
  operator @1 :UInt8;
  operands @2 :List(Data);
  # Each as an ascending key part of the path's type without a marker.
}

struct Index @0xb4a7c1f05e0d9a06 {
  id @0 :UInt32;
  name @1 :Text;
  on @2 :List(Term);
  unique @3 :Bool;
  covering @4 :List(Term);
  where @5 :List(Condition);
  state @6 :UInt8;
  # 0 readable, 1 being built, 2 all built, but unique values are shared.
  search @7 :Search;
  # Set: it holds names; `on` and `covering` are then empty.
  kind @8 :UInt8;
  # 0 ordered or of names, 2 of points: `on` is then empty, `covering` has latitude and longitude.
}

struct Search @0xb4a7c1f05e0d9a50 {
  fields @0 :List(List(FieldRef));
  from @1 :List(FieldRef);
  # Empty: none is declared. So is `to`.
  to @2 :List(FieldRef);
  keys @3 :UInt32;
  # Version of the function that gives a name its keys.
}

struct Table @0xb4a7c1f05e0d9a07 {
  id @0 :UInt32;
  name @1 :Text;
  typeId @2 :UInt64;
  key @3 :List(Term);
  indexes @4 :List(Index);
  requires @5 :UInt8;
  # What commits must state: 1 actor, 2 reason, 4 decision.
  historyDays @6 :UInt32;
  # 0: old versions are kept for good.
  aggregates @7 :List(Aggregate);
}

struct Aggregate @0xb4a7c1f05e0d9a08 {
  id @0 :UInt32;
  name @1 :Text;
  by @2 :List(Term);
  sum @3 :List(Term);
  min @4 :List(Term);
  max @5 :List(Term);
  where @6 :List(Condition);
  state @7 :UInt8;
  # 0 readable, 1 being counted.
  since @8 :UInt64;
  # The first commit as of which its totals are known; 0: they are as of all.
}
