// Commits that are written together must do what they do one after the other.

#include "txn/commit_group.h"

#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <deque>
#include <random>
#include <string>

#include "codec/keyspace.h"
#include "support/status_matchers.h"
#include "txn/firm_table.h"

namespace daftar::testing {
namespace {

constexpr size_t kViewsKept = 12;
const CommitOptions kBuffered = {.durability = Durability::kBuffered};

// What a client wants: writes, and what they rest on.
struct Wish {
  std::vector<std::string> puts;  // JSON
  std::vector<std::string> deletes;
  std::vector<std::string> keys_read;
  bool reads_sizes = false;  // all of the index bySize
  bool blind = false;        // a batch, which reads nothing
  size_t view_back = 0;      // how many groups ago it began
};

// A wish made for one store, with everything that a request points to.
struct Prepared {
  std::vector<txn::RecordWrite> writes;
  std::unique_ptr<txn::WriteSet> changes;
  txn::ReadSet reads;
  txn::ReadSet guards;
  txn::CommitRequest request;
  absl::Status status;  // of preparing it
};

// A store to which groups are applied as the engine does.
class Pipeline {
 public:
  Pipeline() : core_(NewFirmDatabase()) {
    const txn::WriteLock lock(core_.get());
    end_ = core_->end();
    KeepView();
  }

  std::unique_ptr<Prepared> Prepare(const Wish& wish) {
    auto prepared = std::make_unique<Prepared>();
    const View& view = views_[views_.size() - 1 - std::min(wish.view_back, views_.size() - 1)];
    prepared->changes = std::make_unique<txn::WriteSet>(view.reader, core_->catalog()->version,
                                                        CommitVersion(view.version.value() + 1));
    for (const std::string& json : wish.puts) prepared->writes.push_back(Put(*core_, json));
    for (const std::string& code : wish.deletes) {
      prepared->reads.AddKey(Delete(*core_, code).key.view());
      prepared->writes.push_back(Delete(*core_, code));
    }
    for (const txn::RecordWrite& write : prepared->writes) {
      prepared->status.Update(prepared->changes->Apply(write));
    }
    if (prepared->status.ok()) prepared->status = prepared->changes->Finish();
    if (!prepared->status.ok()) return prepared;
    for (const std::string& code : wish.keys_read) {
      prepared->reads.AddKey(Delete(*core_, code).key.view());
    }
    if (wish.reads_sizes) {
      const std::string prefix = codec::IndexPrefix(FirmTable(*core_).indexes[2].id);
      prepared->reads.AddRange({prefix, codec::PrefixEnd(prefix)});
    }
    prepared->reads.Seal();
    prepared->changes->AddGuards(&prepared->guards);
    prepared->guards.Seal();
    txn::CommitRequest& request = prepared->request;
    request.catalog = core_->catalog().get();
    request.writes = &prepared->writes;
    request.prepared = prepared->changes.get();
    request.guards = &prepared->guards;
    request.reads = wish.blind ? nullptr : &prepared->reads;
    request.view = view.version;
    request.options = &kBuffered;
    return prepared;
  }

  // Decides the requests as one group.
  void Process(const std::vector<txn::CommitRequest*>& requests) {
    txn::CommitGroup group(storage::NewSnapshotReader(core_->store()), end_, 0, recent_, kTestTime,
                           {});
    for (txn::CommitRequest* request : requests) group.Add(request);
    for (const auto& accepted : group.accepted()) accepted.request->result = accepted.version;
    if (group.batch().empty()) return;
    group.batch().Put(txn::HeaderKey(), txn::EncodeHeader(group.end().header));
    REQUIRE_OK(core_->store().Write(group.batch(), storage::Durability::kBuffered));
    for (auto& written : group.written()) recent_.Add(std::move(written));
    end_ = group.end();
  }

  // The present becomes something that later wishes may begin at.
  void KeepView() {
    views_.push_back({storage::NewSnapshotReader(core_->store()), end_.header.last_commit});
    if (views_.size() > kViewsKept) views_.pop_front();
  }

  const storage::Store& store() const { return core_->store(); }
  uint64_t commits() const { return end_.header.last_commit.value(); }

 private:
  struct View {
    std::shared_ptr<const storage::Reader> reader;
    CommitVersion version;
  };

  const std::unique_ptr<txn::Core> core_;
  txn::DatabaseEnd end_;
  // Small, so that it forgets what the oldest wishes would have to know.
  txn::RecentCommits recent_ = txn::RecentCommits(20'000);
  std::deque<View> views_;
};

class Random {
 public:
  explicit Random(uint32_t seed) : random_(seed) {}
  uint32_t Below(uint32_t n) { return std::uniform_int_distribution<uint32_t>(0, n - 1)(random_); }

  Wish MakeWish() {
    Wish wish;
    for (uint32_t n = 1 + Below(3); n > 0; --n) wish.puts.push_back(Json());
    wish.blind = Below(3) == 0;
    if (!wish.blind) {
      if (Below(4) == 0) wish.deletes.push_back(Code());
      for (uint32_t n = Below(3); n > 0; --n) wish.keys_read.push_back(Code());
      wish.reads_sizes = Below(6) == 0;
    }
    wish.view_back = Below(3) == 0 ? Below(kViewsKept) : Below(2);
    return wish;
  }

 private:
  std::string Code() { return std::string(1, static_cast<char>('A' + Below(12))); }
  std::string Json() {
    std::string json = R"({"code": ")" + Code() + "\"";
    if (Below(3) == 0) json += R"(, "seal": "s)" + std::to_string(Below(25)) + "\"";
    if (Below(3) == 0) json += R"(, "tags": ["t)" + std::to_string(Below(60)) + "\"]";
    return json + R"(, "size": )" + std::to_string(Below(3)) + "}";
  }

  std::mt19937 random_;
};

TEST_CASE("group: commits written together equal commits one by one", "[txn][property]") {
  const uint32_t seed = Catch::getSeed();
  CAPTURE(seed);
  Random random(seed);
  Pipeline together;
  Pipeline alone;
  std::map<absl::StatusCode, int> results;
  for (int round = 0; round < 400; ++round) {
    CAPTURE(round);
    std::vector<std::unique_ptr<Prepared>> kept_together;
    std::vector<std::unique_ptr<Prepared>> kept_alone;
    std::vector<txn::CommitRequest*> group;
    for (uint32_t n = 1 + random.Below(8); n > 0; --n) {
      const Wish wish = random.MakeWish();
      auto one = together.Prepare(wish);
      auto other = alone.Prepare(wish);
      REQUIRE(one->status.ToString() == other->status.ToString());
      if (!one->status.ok() || one->changes->empty()) continue;
      group.push_back(&one->request);
      kept_together.push_back(std::move(one));
      kept_alone.push_back(std::move(other));
    }
    together.Process(group);
    for (const auto& prepared : kept_alone) alone.Process({&prepared->request});
    for (size_t i = 0; i < kept_alone.size(); ++i) {
      CAPTURE(i);
      const auto& one = kept_together[i]->request.result;
      const auto& other = kept_alone[i]->request.result;
      REQUIRE(one.status().ToString() == other.status().ToString());
      if (one.ok()) REQUIRE(*one == *other);
      ++results[one.status().code()];
    }
    if (round % 20 == 0) REQUIRE(Contents(together.store()) == Contents(alone.store()));
    together.KeepView();
    alone.KeepView();
  }
  REQUIRE(Contents(together.store()) == Contents(alone.store()));
  CheckedFirms(together.store());
  // Every way to end was gone often.
  CHECK(results[absl::StatusCode::kOk] > 300);
  CHECK(results[absl::StatusCode::kAborted] > 100);
  CHECK(results[absl::StatusCode::kAlreadyExists] > 10);
}

}  // namespace
}  // namespace daftar::testing
