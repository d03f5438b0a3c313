// One search in three passes over what is still undecided: the mailbox's columns, the index, the
// messages' texts. Between two messages it can pause, and go on with its next turn.
#pragma once

#include <optional>

#include "indexer/engine/index.hpp"
#include "indexer/pipeline/read_ahead.hpp"
#include "indexer/pipeline/readers.hpp"
#include "indexer/pipeline/searcher.hpp"
#include "indexer/query/evaluate.hpp"

namespace mailhold::indexer::pipeline {

struct SearchRun::Parts {
  public:
    Parts(const store::ArchiveReader& archive, Readers& readers, Helpers& helpers,
          const text::Extractor& extractor, const query::QueryPtr& query, SnapshotPtr mailbox,
          std::stop_token stop, Budget budget);

    Step step(const Slice& slice);
    Result<Places> take() const;
    std::chrono::steady_clock::duration used() const { return used_; }
    store::Progress progress() const { return {decided_.load(), mailbox_->entries.size()}; }

  private:
    using Clock = std::chrono::steady_clock;
    enum class Pass { columns, index, texts, over };

    void begin_anew();
    void run_pass();
    bool decide();
    bool decide_by_texts();
    void end_pass();
    bool have_reader();
    query::Decision leaf_by_index(std::size_t index, const query::PlaceSet& places);
    query::Decision by_candidates(const engine::Candidates& known, const query::PlaceSet& places);
    query::Decision by_facts(const query::Leaf& leaf, const query::PlaceSet& places);
    bool find_candidates(const query::TextKey& key, std::size_t index);
    void distrust_index();
    bool read_text(const store::Entry& entry);
    // Indexed ones, from this place of the stretch in work on.
    std::vector<MessageNumber> next_messages(std::size_t place) const;
    query::Stretch stretch() const;
    bool may_go_on();  // the search at all
    bool has_time();   // and this turn

    const store::ArchiveReader& archive_;
    Readers& readers_;
    Helpers& helpers_;
    const text::Extractor& extractor_;
    const query::Evaluator evaluator_;
    const text::HeadParts head_parts_;
    const SnapshotPtr mailbox_;  // shared with the sessions that selected it
    const std::stop_token stop_;
    const Budget budget_;

    // Where the search stands. Sets of places, a stretch each.
    Pass pass_ = Pass::columns;
    std::vector<query::PlaceSet> undecided_, matches_;
    std::size_t next_ = 0;  // the stretch in work
    std::atomic<std::uint64_t> decided_{0};
    std::optional<Error> problem_;
    Clock::duration used_{};

    // What the index said. It answers for messages up to `indexed_`.
    bool use_index_ = true;
    MessageNumber indexed_{};
    std::vector<std::optional<engine::Candidates>> candidates_;  // by leaf
    std::size_t memory_ = 0;                                     // that they take

    // This step only.
    Slice slice_;
    Clock::time_point deadline_;
    enum class Pause { none, turn_over, too_heavy } pause_ = Pause::none;
    std::unique_ptr<engine::IndexReader> reader_;
    text::SearchText text_;  // of the message in work
    ReadAhead ahead_;
};

}  // namespace mailhold::indexer::pipeline
