// Whether a history can be explained by running its transactions one after the other, each at some
// moment between its beginning and its return.
//
// After Elle (Kingsbury and Alvaro, 2020): what reads saw tells which transactions must have come
// before which; a cycle is what no order explains. The order of a list's appends follows from the
// reads alone. The order of an item's states, which are replaced without being read, is the one
// that the database claims by its commit versions.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "torture/cycle.h"
#include "torture/findings.h"
#include "torture/history.h"

namespace daftar::torture {

struct CheckCounts {
  std::map<std::string, size_t> edges;  // by kind
  size_t reads = 0;                     // of lists and items, and scans
};

// Finds cycles; reads of what was rolled back ("aborted read"), of what was overwritten by the same
// transaction ("intermediate read"), or of what nobody wrote ("garbage read"); appends that are
// gone ("lost append") or there twice ("duplicate append"); reads of one list that disagree
// ("incompatible reads"); a transaction that does not see its own writes ("internal"); a scan or an
// outcome that no state of an item explains ("impossible read"); two commits of one version.
void CheckHistory(const History& history, Findings* findings, CheckCounts* counts);

// What CheckHistory does first: the edges, for tests.
std::vector<Edge> InferEdges(const History& history, Findings* findings);

}  // namespace daftar::torture
