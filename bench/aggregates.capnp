# The permits of the aggregate benchmark: what is counted, and an index for least and greatest values.
@0xa2f4c6d8e0b1c3d6;

using Daftar = import "/daftar/daftar.capnp";

struct Permit @0xa2f4c6d8e0b1c3d7
    $Daftar.table(name = "permit", key = ["no"])
    $Daftar.index(name = "byArea", on = ["zone", "state", "areaSquareMetres"])
    $Daftar.aggregate(name = "byState", by = ["zone", "state"], sum = ["areaSquareMetres"],
                      min = ["areaSquareMetres"], max = ["areaSquareMetres"]) {
  no @0 :Text;
  zone @1 :Text;
  state @2 :UInt16;
  areaSquareMetres @3 :Int64;
}
