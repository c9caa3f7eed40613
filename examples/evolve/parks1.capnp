# Industrial parks of two authorities, as first registered.
@0xd1c54d2c6c0a7e01;

using Daftar = import "/daftar/daftar.capnp";

struct Park @0xd1c54d2c6c0a7e02
    $Daftar.table(name = "park", key = ["code"]) {
  code @0 :Text;
  name @1 :Text;
  zone @2 :Text;
}
