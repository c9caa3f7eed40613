#include "torture/history_run.h"

#include <array>
#include <atomic>
#include <chrono>
#include <random>
#include <thread>
#include <utility>

#include "base/status.h"
#include "io/verify.h"
#include "storage/open.h"
#include "torture/book.h"
#include "torture/pausing_store.h"

namespace daftar::torture {
namespace {

constexpr size_t kListsInUse = 12;
constexpr size_t kListLengthMax = 48;  // then another list takes its place
constexpr uint32_t kItems = 120;
constexpr int32_t kGroups = 40;
constexpr uint32_t kCodes = 60;
constexpr uint64_t kPastCommits = 300;  // how far back reads of the past go
constexpr size_t kMemoryBudgetBytes = size_t{8} << 20;

const CommitOptions kBuffered = {.durability = Durability::kBuffered};

// What all threads share.
struct Shared {
  txn::Core* core = nullptr;
  std::atomic<size_t> begun = 0;
  size_t transactions = 0;
  std::atomic<uint64_t> clock = 1;
  std::atomic<uint32_t> next_value = 1;
  std::array<std::atomic<uint32_t>, kListsInUse> lists = {};
  std::atomic<uint32_t> next_list = kListsInUse;
  std::atomic<bool> failed = false;
};

class Dice {
 public:
  explicit Dice(uint64_t seed) : random_(seed) {}
  uint32_t Below(uint32_t n) { return std::uniform_int_distribution<uint32_t>(0, n - 1)(random_); }
  bool Percent(uint32_t chance) { return Below(100) < chance; }

  // Lets other threads go first, mostly; on few processors transactions would hardly meet.
  void Pause() {
    const uint32_t kind = Below(10);
    if (kind < 5) return;
    if (kind < 8) {
      std::this_thread::yield();
    } else {
      std::this_thread::sleep_for(std::chrono::microseconds(1 + Below(150)));
    }
  }

 private:
  std::mt19937_64 random_;
};

// One thread.
class Client {
 public:
  Client(Shared* shared, uint64_t seed) : shared_(*shared), dice_(seed) {}

  void Run() {
    while (status_.ok() && !shared_.failed && shared_.begun++ < shared_.transactions) {
      const uint32_t kind = dice_.Below(100);
      Recorded& recorded = history_.emplace_back();
      recorded.begin = shared_.clock++;
      status_ = kind < 15   ? RunView(&recorded)
                : kind < 22 ? RunPast(&recorded)
                : kind < 27 ? RunBatch(&recorded)
                            : RunTransaction(&recorded);
      recorded.end = shared_.clock++;
    }
    if (!status_.ok()) shared_.failed = true;
  }

  const absl::Status& status() const { return status_; }
  void MoveTo(HistoryRun* run) {
    std::move(history_.begin(), history_.end(), std::back_inserter(run->history));
    std::move(odd_failures_.begin(), odd_failures_.end(), std::back_inserter(run->odd_failures));
  }

 private:
  absl::Status RunView(Recorded* recorded) {
    recorded->kind = Kind::kView;
    return ReadAll(shared_.core->View(), recorded);
  }

  absl::Status RunPast(Recorded* recorded) {
    recorded->kind = Kind::kPast;
    const uint64_t newest = shared_.core->View().version.value();
    const uint64_t back = dice_.Below(static_cast<uint32_t>(std::min(newest, kPastCommits) + 1));
    DAFTAR_ASSIGN_OR_RETURN(const txn::ReadView view,
                            shared_.core->ViewAsOf(CommitVersion(newest - back)));
    return ReadAll(view, recorded);
  }

  absl::Status ReadAll(const txn::ReadView& view, Recorded* recorded) {
    recorded->begun_at = recorded->version = view.version;
    for (uint32_t n = 1 + dice_.Below(4); n > 0; --n) {
      DAFTAR_RETURN_IF_ERROR(Read(view, &recorded->operations));
      dice_.Pause();
    }
    return absl::OkStatus();
  }

  // Upserts in one commit that is no transaction.
  absl::Status RunBatch(Recorded* recorded) {
    const auto catalog = shared_.core->catalog();
    std::vector<txn::RecordWrite> writes;
    for (uint32_t n = 1 + dice_.Below(3); n > 0; --n) {
      const WriteItem write = {dice_.Below(kItems), NewState(), WriteIntent::kUpsert, false};
      DAFTAR_ASSIGN_OR_RETURN(txn::RecordWrite made, MakeItemWrite(*catalog, write));
      writes.push_back(std::move(made));
      recorded->operations.emplace_back(write);
    }
    const auto version = shared_.core->Commit(*catalog, writes, kBuffered);
    TakeResult(version, recorded);
    // It has read nothing, so that any beginning will do.
    if (version.ok()) recorded->begun_at = CommitVersion(version->value() - 1);
    return absl::OkStatus();
  }

  absl::Status RunTransaction(Recorded* recorded) {
    txn::Transaction transaction(shared_.core, {});
    recorded->begun_at = transaction.begun_at();
    for (uint32_t n = 1 + dice_.Below(5); n > 0; --n) {
      if (dice_.Percent(50)) {
        DAFTAR_ASSIGN_OR_RETURN(const txn::ReadView view, transaction.View());
        DAFTAR_RETURN_IF_ERROR(Read(view, &recorded->operations));
      } else if (dice_.Percent(40)) {
        DAFTAR_RETURN_IF_ERROR(AppendToList(&transaction, recorded));
      } else {
        DAFTAR_RETURN_IF_ERROR(Write(&transaction, recorded));
      }
      dice_.Pause();
    }
    TakeResult(transaction.Commit(kBuffered), recorded);
    return absl::OkStatus();
  }

  void TakeResult(const absl::StatusOr<CommitVersion>& version, Recorded* recorded) {
    if (version.ok()) {
      recorded->version = *version;
      return;
    }
    recorded->outcome = absl::IsAborted(version.status()) ? Outcome::kAborted : Outcome::kRefused;
    if (absl::IsAborted(version.status()) || absl::IsAlreadyExists(version.status())) return;
    odd_failures_.push_back(version.status().ToString());
  }

  absl::Status Read(const txn::ReadView& view, std::vector<Operation>* operations) {
    const uint32_t kind = dice_.Below(100);
    if (kind < 35) {
      ReadList read = {shared_.lists[dice_.Below(kListsInUse)], {}};
      DAFTAR_ASSIGN_OR_RETURN(read.values, ReadValues(view, read.list));
      operations->emplace_back(std::move(read));
    } else if (kind < 55) {
      ReadItem read = {dice_.Below(kItems), {}};
      DAFTAR_ASSIGN_OR_RETURN(read.found, ReadState(view, read.item));
      operations->emplace_back(read);
    } else {
      Scan scan;
      scan.by_key = dice_.Percent(30);
      scan.low = static_cast<int32_t>(dice_.Below(scan.by_key ? kItems : kGroups));
      scan.high = scan.low + 1 + static_cast<int32_t>(dice_.Below(4));
      scan.reverse = dice_.Percent(40);
      scan.limit = dice_.Percent(40) ? 1 + dice_.Below(3) : 0;
      DAFTAR_RETURN_IF_ERROR(RunScan(view, dice_.Percent(50), &scan));
      operations->emplace_back(std::move(scan));
    }
    return absl::OkStatus();
  }

  absl::Status AppendToList(txn::Transaction* transaction, Recorded* recorded) {
    std::atomic<uint32_t>& place = shared_.lists[dice_.Below(kListsInUse)];
    const uint32_t list = place;
    DAFTAR_ASSIGN_OR_RETURN(const txn::ReadView view, transaction->View());
    DAFTAR_ASSIGN_OR_RETURN(std::vector<uint32_t> values, ReadValues(view, list));
    if (values.size() >= kListLengthMax) {
      uint32_t full = list;
      place.compare_exchange_strong(full, shared_.next_list++);
    }
    recorded->operations.emplace_back(ReadList{list, values});
    const uint32_t value = shared_.next_value++;
    values.push_back(value);
    DAFTAR_ASSIGN_OR_RETURN(txn::RecordWrite write,
                            MakeListPut(*transaction->catalog(), list, values));
    DAFTAR_RETURN_IF_ERROR(transaction->Write(std::move(write)));
    recorded->operations.emplace_back(Append{list, value});
    return absl::OkStatus();
  }

  absl::Status Write(txn::Transaction* transaction, Recorded* recorded) {
    WriteItem write;
    write.item = dice_.Below(kItems);
    const uint32_t kind = dice_.Below(100);
    if (kind >= 25) write.state = NewState();
    write.intent = kind < 45   ? WriteIntent::kInsert
                   : kind < 70 ? WriteIntent::kUpdate
                               : WriteIntent::kUpsert;
    DAFTAR_ASSIGN_OR_RETURN(txn::RecordWrite made, MakeItemWrite(*transaction->catalog(), write));
    DAFTAR_RETURN_IF_ERROR(TakeOutcome(transaction->Write(std::move(made)), &write));
    recorded->operations.emplace_back(write);
    return absl::OkStatus();
  }

  ItemState NewState() {
    ItemState state;
    state.group = static_cast<int32_t>(dice_.Below(kGroups));
    state.value = shared_.next_value++;
    if (dice_.Percent(15)) state.code = dice_.Below(kCodes);
    return state;
  }

  Shared& shared_;
  Dice dice_;
  History history_;
  std::vector<std::string> odd_failures_;
  absl::Status status_;
};

// Everything there is in the end: what was acknowledged must be there.
absl::StatusOr<Recorded> ReadEnd(Shared* shared) {
  Recorded recorded;
  recorded.kind = Kind::kView;
  recorded.begin = shared->clock++;
  const txn::ReadView view = shared->core->View();
  recorded.begun_at = recorded.version = view.version;
  for (uint32_t list = 0; list < shared->next_list; ++list) {
    DAFTAR_ASSIGN_OR_RETURN(std::vector<uint32_t> values, ReadValues(view, list));
    recorded.operations.emplace_back(ReadList{list, std::move(values)});
  }
  Scan scan;
  scan.high = kGroups;
  DAFTAR_RETURN_IF_ERROR(RunScan(view, false, &scan));
  recorded.operations.emplace_back(std::move(scan));
  recorded.end = shared->clock++;
  return recorded;
}

absl::Status RunClients(Shared* shared, const HistoryOptions& options, HistoryRun* run) {
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < options.threads; ++i) {
    clients.push_back(
        std::make_unique<Client>(shared, options.seed * 1000 + static_cast<uint64_t>(i)));
  }
  std::vector<std::thread> threads;
  for (const auto& client : clients) threads.emplace_back([&client] { client->Run(); });
  for (std::thread& thread : threads) thread.join();
  for (const auto& client : clients) {
    DAFTAR_RETURN_IF_ERROR(client->status());
    client->MoveTo(run);
  }
  DAFTAR_ASSIGN_OR_RETURN(Recorded end, ReadEnd(shared));
  run->history.push_back(std::move(end));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<storage::Store>> OpenStore(const HistoryOptions& options) {
  if (options.directory.empty()) return storage::NewMemoryStore();
  storage::RocksOptions rocks;
  rocks.create_if_missing = true;
  rocks.memory_budget_bytes = kMemoryBudgetBytes;
  return storage::OpenRocksStore(options.directory, rocks);
}

}  // namespace

absl::StatusOr<HistoryRun> RunHistory(const HistoryOptions& options) {
  DAFTAR_ASSIGN_OR_RETURN(auto inner, OpenStore(options));
  Dice pauses(options.seed);  // used by one thread at a time: that which holds the write mutex
  auto pausing = std::make_unique<PausingStore>(std::move(inner), [&pauses] { pauses.Pause(); });
  const PausingStore& store = *pausing;
  DAFTAR_ASSIGN_OR_RETURN(const catalog::Catalog catalog, BookCatalog());
  DAFTAR_ASSIGN_OR_RETURN(const auto core, NewBook(std::move(pausing), catalog, options.faults));
  Shared shared;
  shared.core = core.get();
  shared.transactions = options.transactions;
  for (uint32_t i = 0; i < kListsInUse; ++i) shared.lists[i] = i;
  HistoryRun run;
  const auto started = std::chrono::steady_clock::now();
  DAFTAR_RETURN_IF_ERROR(RunClients(&shared, options, &run));
  run.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  run.writes = store.writes();
  DAFTAR_ASSIGN_OR_RETURN(const VerifyReport report,
                          io::Verify(core.get(), std::filesystem::temp_directory_path(), {}));
  run.verified = report.problems_found == 0;
  return run;
}

}  // namespace daftar::torture
