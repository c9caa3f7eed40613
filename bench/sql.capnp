# The tables of the SQL benchmark: permits as in permit.capnp, and the firms that hold them.
@0xa2f4c6d8e0b1c3d8;

using Daftar = import "/daftar/daftar.capnp";

struct Firm
    $Daftar.table(name = "firm", key = ["id"])
    $Daftar.index(name = "ofProvince", on = ["province"]) {
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
    $Daftar.index(name = "byIssue", on = ["year", "serial"], unique = true) {
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
