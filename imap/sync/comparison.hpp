// The sync planner: from what the archive knows of a mailbox and what the origin shows of it to
// what must be asked, and from the answers to what must be done. Pure: no connection, no clock. The
// catalogue of its cases is tests/unit/sync/comparison_test.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "store/catalog/types.hpp"

namespace mailhold::imap::sync {

enum class Depth {
    quick,    // trust UIDNEXT, EXISTS and HIGHESTMODSEQ (a poll)
    thorough  // also look where these could hide a change: flags without CONDSTORE, messages in
              // quarantine
};

// What EXAMINE or STATUS showed.
struct Shown {
    std::optional<UidValidity> uidvalidity;
    std::optional<Uid> uidnext;
    std::uint32_t messages = 0;
    ModSeq modseq{};  // HIGHESTMODSEQ; 0 without CONDSTORE (RFC 7162)
    bool operator==(const Shown&) const = default;
};

// Whether the origin's mailbox is as it was at the last GenerationSynced, so that nothing need be
// asked.
bool unchanged(const store::GenerationState& known, const Shown& shown, Depth depth);
// How many messages seem to be missing here, before anything was asked.
std::uint64_t missing_estimate(const store::GenerationState& known, const Shown& shown);

struct Question {
    enum class Listing {
        nothing,
        newer,  // UID SEARCH UID from:*
        all,    // UID SEARCH ALL
        flags   // UID FETCH 1:* (UID FLAGS)
    };
    Listing listing = Listing::nothing;
    Uid from{};              // of newer
    ModSeq changed_since{};  // UID FETCH 1:* (UID FLAGS) (CHANGEDSINCE n) as well, unless 0
    bool operator==(const Question&) const = default;
};

struct FlagChange {
    Uid uid{};
    store::FlagSet flags;
    ModSeq modseq{};
    bool operator==(const FlagChange&) const = default;
};

struct Plan {
    std::vector<Uid> fetch;     // ascending
    std::vector<Uid> doubtful;  // ascending; in quarantine: asked for once more, one by one
    std::vector<Uid> vanished;  // ascending
    bool complete = false;  // the answers agree with EXISTS: every UID of the origin is known now
};

// Flags as the catalog writes them: sorted, each once, system flags in their usual case, without
// \Recent.
store::FlagSet normal_flags(std::vector<std::string> flags);

class Comparison {
  public:
    static constexpr std::size_t uid_limit =
        20'000'000;  // of one mailbox; a server that lists more is not believed

    Comparison(store::GenerationState known, Shown shown, Depth depth);

    // What to ask next, given that the mailbox now has `messages`; nullopt when the answers
    // suffice. A listing that does not add up is asked for again in a surer form, at most twice.
    std::optional<Question> next_question(std::uint32_t messages);

    // Answers, in any order, repeated or not.
    void saw_uid(Uid uid);
    void saw_flags(Uid uid, std::vector<std::string> flags, ModSeq modseq);
    bool over_limit() const { return listed_.size() > uid_limit; }

    Plan plan(std::uint32_t messages);
    std::vector<FlagChange> changes()
        const;                // ascending; also what came unasked after the plan was made
    Uid highest_uid() const;  // known here or listed; 0 if there is none

  private:
    Question first_question() const;
    bool adds_up(std::uint32_t messages);
    const store::FlagSet* flags_of(Uid uid) const;

    store::GenerationState known_;
    Shown shown_;
    Depth depth_;
    std::optional<Question> asked_;
    std::vector<Uid> listed_;
    std::map<Uid, FlagChange> changes_;
};

}  // namespace mailhold::imap::sync
