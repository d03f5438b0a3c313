// The sync planner: from what the archive knows of a mailbox and what the origin shows of it to
// what must be asked, and from the answers to what must be done. Pure: no connection, no clock.
//
// Nothing is taken on trust that a cheap look can check. A list of UIDs counts only when it agrees
// with EXISTS. The newest messages known are looked at again with every news: whoever gives a UID
// to another message (a server restored from a backup, under its old UIDVALIDITY) gave it first to
// those. Where UIDNEXT or HIGHESTMODSEQ went back, every message is fetched and compared anew.
//
// Of a large mailbox the newest messages suffice, mostly: of the others only their number need be known, until something
// hangs on one of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "imap/wire/response.hpp"
#include "store/catalog/types.hpp"

namespace mailhold::imap::sync {

enum class Depth {
    quick,     // trust UIDNEXT, EXISTS and HIGHESTMODSEQ (a poll)
    thorough,  // also look where these could hide a change: at all flags, sizes and dates where
               // there is no CONDSTORE, and at messages in quarantine
    whole  // trust none of them: list all UIDs, then all flags, sizes and dates (a reconciliation)
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
        uids,     // UID SEARCH ALL
        details,  // UID FETCH from:to (UID FLAGS INTERNALDATE RFC822.SIZE)
        archive   // nothing of the origin, but of the archive: every message by name, for learn()
    };
    static constexpr Uid star{0xffffffff};  // the last message
    Listing listing = Listing::nothing;
    Uid from{1};
    // UID FETCH 1:* (as details) (CHANGEDSINCE n) first, unless 0; with VANISHED where there is
    // QRESYNC (RFC 7162 3.2.6).
    ModSeq changed_since{};
    Uid to = star;
    bool operator==(const Question&) const = default;
};

// What a FETCH answer says of a message, beside its flags.
struct Details {
    std::optional<std::uint64_t> size;
    std::optional<ZonedSeconds> date;
};

struct FlagChange {
    Uid uid{};
    store::FlagSet flags;
    ModSeq modseq{};
    bool operator==(const FlagChange&) const = default;
};

struct LabelChange {
    Uid uid{};
    wire::GmailData now;
    bool operator==(const LabelChange&) const = default;
};

struct Plan {
    std::vector<Uid> fetch;     // ascending
    std::vector<Uid> replaced;  // ascending; of `fetch`: known, and another message by now
    std::vector<Uid> checked;   // ascending; of `fetch`: known, and perhaps another message by now
    std::vector<Uid> doubtful;  // ascending; in quarantine: asked for once more, one by one
    std::vector<Uid> vanished;  // ascending
    bool complete = false;  // the answers agree with EXISTS: every UID of the origin is known now
};

// Sorted, each once.
std::vector<std::string> normal_labels(std::vector<std::string> labels);

// Flags as the catalog writes them: sorted, each once, system flags in their usual case, without
// \Recent.
store::FlagSet normal_flags(std::vector<std::string> flags);

// What they take in memory, about.
std::size_t octets_in(const std::vector<std::string>& words);

class Comparison {
  public:
    static constexpr std::size_t uid_limit =
        20'000'000;  // of one mailbox; a server that lists more is not believed
    static constexpr std::size_t details_most = 1'000'000;  // kept; others come without these hints
    static constexpr std::size_t flag_octets_most = 256 << 20;  // of all changes, labels included
    static constexpr std::size_t newest = 16;         // known messages that are looked at again
    static constexpr std::size_t named = newest + 1;  // known messages that it mostly needs
    static constexpr std::size_t held_back_most = 10'000;  // answers of messages that are not named
    static constexpr std::size_t chunk = 5'000;  // messages whose details are asked for together

    // Not all messages need be named in `known`; `named` of them should be.
    Comparison(store::GenerationState known, Shown shown, Depth depth);

    // What to ask next, given that the mailbox now has `messages`; nullopt when the answers
    // suffice. A listing that does not add up is asked for again in a surer form, at most twice.
    std::optional<Question> next_question(std::uint32_t messages);
    // The same generation, with every message named.
    void learn(store::GenerationState all);
    // Whether something was told of messages that are not named; it counts once they are.
    bool wants_to_learn() const { return !held_back_.empty(); }

    // Answers, in any order, repeated or not.
    void saw_uid(Uid uid);
    void saw_flags(Uid uid, std::vector<std::string> flags, ModSeq modseq);
    void saw_details(Uid uid, const Details& details);
    void saw_labels(Uid uid, wire::GmailData told);
    void saw_vanished(const std::vector<std::pair<std::uint32_t, std::uint32_t>>& uids);
    void lost_an_answer() { lost_ = true; }  // one that could not be read
    // The answers are not those of a mailbox with `messages`, even where each is told several times. To be looked at with
    // every answer: a server may send them without end.
    bool over_limit(std::uint32_t messages) const;

    Plan plan(std::uint32_t messages);
    std::vector<FlagChange> changes()
        const;  // ascending; also what came unasked after the plan was made
    std::vector<LabelChange> label_changes() const;  // likewise
    // What the listing said of a message that is to be fetched.
    Details details_of(Uid uid) const;
    const std::vector<Uid>& listed() const { return listed_; }  // ascending, once there is a plan
    // For GenerationSynced: UIDNEXT as shown, even where it cannot be; else one above all seen.
    Uid uidnext() const;

  private:
    void know(store::GenerationState known);
    bool is_unnamed(Uid uid) const;
    bool needs_all_for(const Question& question) const;
    void hold_back(std::size_t octets, std::function<void(Comparison&)> answer);
    Question first_question() const;
    std::optional<Question> next_chunk();
    Uid newest_known() const;
    bool adds_up(std::uint32_t messages);
    bool anchored() const;
    std::uint64_t vanished_most() const;
    bool vouches(const store::Standing& one) const;
    std::vector<Uid> held() const;
    const store::Standing* standing(Uid uid) const;

    store::GenerationState known_;
    Shown shown_;
    Depth depth_;
    bool doubted_ = false;  // UIDNEXT or HIGHESTMODSEQ went back: no UID is what it was
    bool lost_ = false;
    bool same_seen_ = false;  // a known message was listed as it is known
    std::optional<Question> asked_;
    std::vector<Uid> listed_;
    std::size_t searched_ = 0;        // of listed_, ascending: what the list of UIDs gave
    std::size_t compared_ = 0;        // of these: their details were asked for
    std::set<Uid> vanished_;          // of those known
    std::set<Uid> replaced_;          // known, and listed with another size or date
    std::map<Uid, Details> details_;  // of what is new or replaced
    std::map<Uid, FlagChange> changes_;
    std::map<Uid, wire::GmailData> label_changes_;
    std::uint64_t vanished_told_ = 0;
    std::size_t flag_octets_ = 0;  // that changes_ and label_changes_ were given
    // To be told again once all is known.
    std::vector<std::function<void(Comparison&)>> held_back_;
};

}  // namespace mailhold::imap::sync
