# The table of YCSB: ten fields of a hundred bytes under a key.
@0xa2f4c6d8e0b1c3da;

using Daftar = import "/daftar/daftar.capnp";
using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("daftar::bench::ycsb_schema");

struct UserTable
    $Daftar.table(name = "usertable", key = ["key"]) {
  key @0 :Text;
  fields @1 :List(Text);
}
