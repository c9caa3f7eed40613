// Random names in three scripts, changed and deleted at random, beside a search that compares the
// query with every name.
#include <algorithm>
#include <catch2/catch_get_random_seed.hpp>
#include <catch2/catch_test_macros.hpp>
#include <cstdlib>
#include <map>
#include <random>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "base/utf8.h"
#include "names/compare.h"
#include "names/fold.h"
#include "names/name_keys.h"
#include "search/book.h"

namespace daftar::testing {
namespace {

// One word in several scripts and spellings.
const std::vector<std::vector<std::string>> kWords = {
    {"پارس", "Pars", "Fars"},
    {"خودرو", "Khodro", "Khodrow"},
    {"تهران", "Tehran", "Teheran"},
    {"گوادر", "Gwadar", "Gawadar"},
    {"احمد", "Ahmad", "Ahmed"},
    {"محمد", "Mohammad", "Muhammad"},
    {"سیمان", "Siman", "Cement"},
    {"نفت", "Naft", "Oil"},
    {"البرز", "Alborz", "Elborz"},
    {"دریا", "Darya", "Daria"},
    {"کوهستان", "Kuhestan", "Koohestan"},
    {"بین‌الملل", "Beynolmelal", "International"},
    {"چاه‌بهار", "Chabahar", "Chah Bahar"},
    {"ستاره", "Setareh", "Setare"},
    {"ہاشمی", "هاشمی", "Hashemi"},
    {"انڈسٹریز", "صنایع", "Industries"},
};
const std::vector<std::string> kForms = {"", "", "شرکت ", "Company ", "سہامی خاص ", "The "};

using Names = std::map<std::string, std::string>;  // by number of the firm

uint64_t Steps() {
  uint64_t steps = 0;
  const char* wanted = std::getenv("DAFTAR_SEARCH_STEPS");
  return wanted != nullptr && absl::SimpleAtoi(wanted, &steps) ? steps : 400;
}

class Simulation {
 public:
  explicit Simulation(uint64_t seed) : random_(seed) {
    database_ = MakeDatabase(directory_, kFirmSchema).value();
    states_.push_back({});
  }

  void Run(uint64_t steps) {
    for (uint64_t step = 0; step < steps; ++step) {
      Change();
      if (Below(4) == 0) Ask();
    }
    REQUIRE_OK_AND_ASSIGN(const VerifyReport report, database_->Verify({}));
    CHECK(report.clean());
    // The words that the simulation uses have keys in common wherever they are alike.
    CHECK(missed_ == 0);
    CHECK(wanted_ > steps / 40);
  }

 private:
  size_t Below(size_t n) { return static_cast<size_t>(random_() % n); }
  template <typename T>
  const T& Any(const std::vector<T>& of) {
    return of[Below(of.size())];
  }

  std::string RandomName() {
    std::string name = Any(kForms);
    const size_t words = 1 + Below(3);
    for (size_t i = 0; i < words; ++i) {
      if (i > 0) name += ' ';
      name += Any(Any(kWords));
    }
    return name;
  }

  void Change() {
    Names names = states_.back();
    const std::string no = absl::StrCat(Below(150));
    if (names.contains(no) && Below(4) == 0) {
      names.erase(no);
      REQUIRE_OK(database_->Delete("firm", {no}));
    } else {
      const std::string name = RandomName();
      if (names[no] == name) return;
      names[no] = name;
      REQUIRE_OK(database_->Put("firm", FirmJson(no, name)));
    }
    states_.push_back(std::move(names));
  }

  void Ask() {
    const size_t commit = Below(2) == 0 ? states_.size() - 1 : Below(states_.size());
    REQUIRE_OK_AND_ASSIGN(const ReadView view,
                          database_->View(AsOf::Commit(CommitVersion(commit))));
    const std::string text = RandomName();
    CAPTURE(text, commit);
    AskAny(view, states_[commit], text);
    AskParts(view, states_[commit], text);
  }

  std::set<std::string> Found(const ReadView& view, const std::string& text, SearchMode mode) {
    REQUIRE_OK_AND_ASSIGN(
        const SearchResult result,
        database_->Search(view, {.text = text, .table = "firm", .mode = mode, .limit = 200}));
    CHECK(result.complete);
    std::set<std::string> found;
    for (const SearchHit& hit : result.hits) found.insert(hit.key[0].ToString());
    return found;
  }

  // What a comparison with every name puts among the first ten is found.
  void AskAny(const ReadView& view, const Names& names, const std::string& text) {
    std::vector<std::pair<double, std::string>> ranked;
    for (const auto& [no, name] : names) {
      const double similarity = names::Similarity(text, name);
      if (similarity >= names::kSameName) ranked.emplace_back(-similarity, no);
    }
    std::sort(ranked.begin(), ranked.end());
    ranked.resize(std::min<size_t>(ranked.size(), 10));
    const std::set<std::string> found = Found(view, text, SearchMode::kAny);
    for (const auto& [similarity, no] : ranked) {
      ++wanted_;
      if (found.contains(no)) continue;
      ++missed_;
      UNSCOPED_INFO("missed: " << text << " = " << names.at(no) << " " << -similarity);
    }
  }

  // Inside a name and by words, exactly what is there is found.
  void AskParts(const ReadView& view, const Names& names, const std::string& text) {
    const std::string squeezed = names::Squeeze(names::Fold(text));
    const size_t from = Below(CountCharacters(squeezed));
    const size_t begin = names::FirstCharacters(squeezed, from).size();
    const std::string part(
        names::FirstCharacters(std::string_view(squeezed).substr(begin), 1 + Below(12)));
    CAPTURE(part);
    std::set<std::string> inside;
    std::set<std::string> words;
    const std::vector<std::string> wanted = names::WordsOf(names::Fold(text));
    for (const auto& [no, name] : names) {
      const std::string folded = names::Fold(name);
      if (names::Squeeze(folded).find(part) != std::string::npos) inside.insert(no);
      const std::vector<std::string> there = names::WordsOf(folded);
      const bool all = std::all_of(wanted.begin(), wanted.end(), [&](const std::string& word) {
        return std::find(there.begin(), there.end(), word) != there.end();
      });
      if (all) words.insert(no);
    }
    CHECK(Found(view, part, SearchMode::kSubstring) == inside);
    const std::set<std::string> found = Found(view, text, SearchMode::kWord);
    CHECK(std::includes(found.begin(), found.end(), words.begin(), words.end()));
  }

  std::mt19937_64 random_;
  const TempDir directory_;
  std::unique_ptr<Database> database_;
  std::vector<Names> states_;  // after each commit
  size_t wanted_ = 0;
  size_t missed_ = 0;
};

TEST_CASE("search: random names are found as by comparing with all of them", "[search][property]") {
  const uint64_t seed = Catch::getSeed();
  CAPTURE(seed);
  Simulation(seed).Run(Steps());
}

}  // namespace
}  // namespace daftar::testing
