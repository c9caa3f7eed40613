// Scans that several threads read while the store fails: an error or all rows, never a part of
// them.

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "absl/strings/str_cat.h"
#include "query/count.h"
#include "query/executor.h"
#include "query/planner.h"
#include "storage/faulty_store.h"
#include "support/status_matchers.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

using storage::Fault;
using storage::FaultPoint;
using storage::FaultyStore;

constexpr int kFirms = 90;

struct Answer {
  std::vector<std::string> codes;
  absl::Status status;
  QueryCounts counts;
};

Answer Ask(const txn::Core& core, const Query& query) {
  const txn::ReadView view = core.View();
  auto bound = query::Bind(*view.catalog, query);
  REQUIRE_OK(bound);
  auto plan = query::MakePlan(*std::move(bound), nullptr);
  REQUIRE_OK(plan);
  query::Executor executor(view, *std::move(plan));
  Answer answer;
  while (true) {
    const auto more = executor.Next();
    answer.status = more.status();
    answer.counts = executor.counts();
    if (!more.ok() || !*more) return answer;
    answer.codes.push_back(*executor.values()[0].get_if<std::string>());
  }
}

// Firms, read by three threads in pieces of a few of them. `*faults` is its store.
std::unique_ptr<txn::Core> ManyFirms(FaultyStore** faults) {
  auto store = std::make_unique<FaultyStore>(storage::NewMemoryStore());
  *faults = store.get();
  txn::CoreOptions options = TestOptions();
  options.scan.threads = 3;
  options.scan.range_bytes_min = 0;
  options.scan.piece_bytes = 200;
  options.scan.entries_before = 10;
  options.scan.held_bytes_max = 0;
  // What is read from columns is not read from the store.
  options.column_bytes_max = 0;
  auto core = txn::Core::Create(std::move(store), FirmCatalog(), kTestId, options);
  REQUIRE_OK(core);
  std::vector<txn::RecordWrite> writes;
  for (int i = 0; i < kFirms; ++i) {
    writes.push_back(Put(**core, absl::StrCat(R"({"code": "F)", 100 + i, R"(", "seal": "S)", i,
                                              R"(", "size": )", 1 + i % 7, R"(, "note": "n"})")));
  }
  REQUIRE_OK(Commit(core->get(), writes));
  return *std::move(core);
}

TEST_CASE("divided scan: a read that fails ends it, or nobody needed it", "[query][fault]") {
  struct Case {
    const char* name;
    Query query;
    FaultPoint point;
  };
  const Query scan = Query("firm").Where("note = 'n'").UseIndex("primary").Select({"code"});
  const auto [name, query, point] = GENERATE_REF(values<Case>({
      {"records", scan, FaultPoint::kIterate},
      {"backwards", Query(scan).OrderBy("code", SortDirection::kDescending), FaultPoint::kIterate},
      {"sorted", Query(scan).OrderBy("note").OrderBy("seal").Limit(50), FaultPoint::kIterate},
      {"entries", Query("firm").UseIndex("bySeal").OrderBy("seal").Select({"code", "size"}),
       FaultPoint::kIterate},
      {"records that entries lead to",
       Query("firm").Where("size > 0").Where("note = 'n'").UseIndex("bySize").Select({"code"}),
       FaultPoint::kGet},
  }));
  CAPTURE(name);
  FaultyStore* faults = nullptr;
  const auto core = ManyFirms(&faults);
  storage::ScanThreads& threads = *core->View().scan;
  faults->Disarm();
  const Answer all = Ask(*core, query);
  REQUIRE_OK(all.status);
  CHECK(all.codes.size() == std::min<size_t>(kFirms, query.limit().value_or(kFirms)));
  CHECK(all.counts.entries_read == kFirms);
  const uint64_t started = threads.started();
  CHECK(started > 0);
  const uint64_t reads = faults->count(point);
  REQUIRE(reads > 3);
  uint64_t failures = 0;
  for (uint64_t nth = 1; nth <= reads; nth += 1 + nth / 20) {
    const bool persistent = nth % 2 == 0;
    CAPTURE(nth, persistent);
    faults->Arm({.point = point, .nth = nth, .persistent = persistent});
    const Answer answer = Ask(*core, query);
    faults->Disarm();
    CHECK(threads.running() == 0);
    // Where the range was to be divided, and could not be, it is read by one thread.
    if (answer.status.ok()) {
      CHECK(answer.codes == all.codes);
      CHECK(answer.counts.entries_read == kFirms);
      continue;
    }
    ++failures;
    CHECK_THAT(answer.status, StatusIs(absl::StatusCode::kUnavailable, "injected fault"));
    REQUIRE(answer.codes.size() <= all.codes.size());
    CHECK(std::equal(answer.codes.begin(), answer.codes.end(), all.codes.begin()));
  }
  CHECK(failures > 0);
}

TEST_CASE("divided scan: rows are counted by the threads", "[query][fault]") {
  FaultyStore* faults = nullptr;
  const auto core = ManyFirms(&faults);
  const auto count = [&] {
    auto bound = query::Bind(*core->catalog(), Query("firm").Where("note = 'n'"));
    REQUIRE_OK(bound);
    return query::Count(core->View(), *std::move(bound));
  };
  faults->Disarm();
  REQUIRE_OK_AND_ASSIGN(const CountResult counted, count());
  CHECK(counted.records == kFirms);
  CHECK(counted.entries_read == kFirms);
  CHECK(core->View().scan->started() == 3);
  const uint64_t reads = faults->count(FaultPoint::kIterate);
  faults->Arm({.point = FaultPoint::kIterate, .nth = reads - 5, .persistent = true});
  CHECK_THAT(count(), StatusIs(absl::StatusCode::kUnavailable, "injected fault"));
  CHECK(core->View().scan->running() == 0);
}

}  // namespace
}  // namespace daftar::testing
