# The registry that all peers of the comparison hold: zones, firms, and the permits of firms in zones.
# Permits have four indexes, rules, and totals that every commit keeps.
@0xa2f4c6d8e0b1c3d9;

using Daftar = import "/daftar/daftar.capnp";
using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("daftar::bench::registry");

struct Zone
    $Daftar.table(name = "zone", key = ["id"]) {
  id @0 :Text;
  name @1 :Text;
  country @2 :Text;
}

struct Firm
    $Daftar.table(name = "firm", key = ["id"]) {
  id @0 :Text;
  name @1 :Text;
  province @2 :Text;
  capital @3 :Int64;
}

struct Permit
    $Daftar.table(name = "permit", key = ["no"])
    $Daftar.index(name = "byZone", on = ["zone", "validTo"], covering = ["firm"])
    $Daftar.index(name = "ofFirm", on = ["firm"])
    $Daftar.index(name = "byState", on = ["state", "validTo"])
    $Daftar.index(name = "byIssue", on = ["year", "serial"], unique = true)
    $Daftar.aggregate(name = "byZoneAndState", by = ["zone", "state"], sum = ["areaSquareMetres"])
    $Daftar.reference(name = "permitFirm", on = ["firm"], table = "firm")
    $Daftar.reference(name = "permitZone", on = ["zone"], table = "zone")
    $Daftar.check(name = "permitTerm", expression = "validFrom < validTo") {
  no @0 :Text;
  firm @1 :Text;
  zone @2 :Text;
  kind @3 :Text;
  state @4 :State;
  year @5 :Int32;
  serial @6 :Int32;
  validFrom @7 :Int32 $Daftar.date;
  validTo @8 :Int32 $Daftar.date;
  areaSquareMetres @9 :Int64;
  note @10 :Text;
}

enum State { submitted @0; approved @1; active @2; suspended @3; lapsed @4; }
