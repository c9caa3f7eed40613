# The same with two indexes, an aggregate and a field more.
@0xd1c54d2c6c0a7e01;

using Daftar = import "/daftar/daftar.capnp";

struct Park @0xd1c54d2c6c0a7e02
    $Daftar.table(name = "park", key = ["code"])
    $Daftar.index(name = "byZone", on = ["zone", "code"])
    $Daftar.index(name = "byName", on = ["name"], unique = true)
    $Daftar.aggregate(name = "inZone", by = ["zone"]) {
  code @0 :Text;
  name @1 :Text;
  zone @2 :Text;
  opened :union { none @3 :Void; day @4 :Int32 $Daftar.date; }
}
