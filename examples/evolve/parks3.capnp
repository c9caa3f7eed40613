# The same with zones as an enumeration: the text is kept under another name.
@0xd1c54d2c6c0a7e01;

using Daftar = import "/daftar/daftar.capnp";

struct Park @0xd1c54d2c6c0a7e02
    $Daftar.table(name = "park", key = ["code"])
    $Daftar.index(name = "byZone", on = ["zone", "code"])
    $Daftar.index(name = "byName", on = ["name"], unique = true)
    $Daftar.aggregate(name = "inZone", by = ["zone"]) {
  code @0 :Text;
  name @1 :Text;
  zoneText @2 :Text;
  opened :union { none @3 :Void; day @4 :Int32 $Daftar.date; }
  zone @5 :Zone;
}
enum Zone @0xd1c54d2c6c0a7e03 { unknown @0; chabahar @1; gwadar @2; zahedan @3; }
