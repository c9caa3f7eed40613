# The table of the search benchmark.
@0xa2f4c6d8e0b1c3e1;

using Daftar = import "/daftar/daftar.capnp";

struct Firm
    $Daftar.table(name = "firm", key = ["no"])
    $Daftar.search(name = "names", fields = ["name"]) {
  no @0 :Text;
  name @1 :Text;
}
