// One mailbox of the origin, brought level with the archive over one connection: EXAMINE, compare,
// fetch, record. The shell around Comparison and FetchQueue. The origin is never changed: EXAMINE
// and BODY.PEEK only.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "imap/client/connection.hpp"
#include "imap/sync/alerts.hpp"
#include "imap/sync/batch.hpp"
#include "imap/sync/comparison.hpp"
#include "imap/sync/fetch_queue.hpp"
#include "imap/sync/object_ids.hpp"
#include "imap/sync/progress.hpp"

namespace mailhold::imap::sync {

// What all workers of an account share; all of it outlives them.
struct Workplace {
    net::Runtime& runtime;
    WorkerPool& pool;
    store::Archive& archive;
    const Account& account;
    Progress& progress;
    ObjectIds& ids;
    Alerts& alerts;
};

// Stores facts, in slices, on the pool.
net::awaitable<Status> record(Workplace place, std::vector<store::Fact> facts);

// A large message of which the first octets are here.
struct Begun {
    store::Generation generation;
    Uid uid{};
    std::uint64_t size = 0;            // as the origin gave it
    std::optional<ZonedSeconds> date;  // likewise
    BlobBuilder octets;
};
// The octets of BODY[] in an answer, or of the slice of it from `origin` on, wherever they came; nullopt for NIL or
// none.
std::optional<Blob> octets_of(wire::FetchData& fetched, std::vector<Blob>& streamed,
                              std::optional<std::uint64_t> origin);

// A message on its way into the archive, with what the origin told of it beside.
struct Coming {
    store::Arrival arrival;
    std::string email_id;
    std::optional<store::GmailSeen> gmail;
};

// Whether Gmail is asked for labels: where it has a mailbox of all mail, that one tells those of the messages in it.
enum class Labels { asked, told_elsewhere };

// What a visit is to do.
struct Visit {
    std::string mailbox;
    Depth depth = Depth::quick;
    FetchQueue::Pace pace = FetchQueue::Pace::pipelined;
    std::set<Uid> avoid;    // not to be asked for once more, yet
    std::set<Uid> checked;  // of those in doubt (Plan::checked): found to be what they were
    std::optional<Begun> begun = {};  // by the visit before this one
    Labels labels = Labels::asked;
};

class MailboxSync {
  public:
    struct Outcome {
        bool accounted =
            false;  // every UID shown is archived or in quarantine, and this is on record
        bool changed_meanwhile = false;  // look again
        std::optional<Error>
            trouble;  // of this mailbox alone: the connection is good for the next one
    };

    MailboxSync(Workplace place, client::Connection& connection, Visit visit);

    // An error means that the connection or the archive cannot go on. What had been fetched is
    // stored all the same.
    net::awaitable<Result<Outcome>> run();
    // Messages archived or set aside so far, also after an error: not to be asked for again.
    std::uint64_t settled() const { return settled_; }
    // Whether anything came that need not come again.
    bool fruitful() const { return settled_ > 0 || sliced_; }
    std::optional<Begun> take_begun() { return std::exchange(begun_, {}); }
    // What was being asked for alone when the connection ended; it is in quarantine now.
    std::optional<Uid> suspect() const { return suspect_; }
    // What was asked for and could not be had.
    const std::set<Uid>& withheld() const { return withheld_; }
    // Of a visit at Depth::whole: what differed and what is left, once a list came.
    const std::optional<store::Reconciled>& report() const { return report_; }
    // Of Plan::checked: what came and is stored.
    const std::set<Uid>& checked() const { return checked_; }

  private:
    net::awaitable<Status> bring_level();
    net::awaitable<Status> complete_report();
    net::awaitable<Status> examine();
    net::awaitable<Status> recall();
    void await_unproved(store::GenerationState& known) const;
    net::awaitable<Status> learn();
    net::awaitable<Status> compare();
    net::awaitable<Status> ask(Question question);
    wire::Fetch details_command() const;
    net::awaitable<Status> search(wire::SearchKey key, std::vector<Uid>& found);
    net::awaitable<Status> fetch(Batch& batch);
    net::awaitable<Status> fetch_slices(Uid uid, Batch& batch);
    net::awaitable<Status> line_ended(Error error);
    Coming coming(wire::FetchData fetched, Blob octets);
    net::awaitable<Status> take(client::Untagged& untagged, Batch& batch);
    net::awaitable<Status> keep(Coming coming, Batch& batch);
    bool is_doubtful(store::Arrival& arrival);
    net::awaitable<Status> settle_unanswered(Batch& batch);
    void quarantine(Uid uid, std::string reason);
    // recognition.cpp
    void ask_also(wire::Fetch& command) const;
    std::optional<store::GmailSeen> gmail_of(const wire::FetchData& fetched) const;
    void look_for_identity(const wire::FetchData& fetched);
    net::awaitable<Status> recognise();
    net::awaitable<Status> resolve();
    bool is_new(Uid uid) const;
    net::awaitable<void> identify(const store::Arrival& arrival, std::string email_id);
    void remember_identities();
    net::awaitable<Status> conclude();
    Status saw(const client::Untagged& untagged);
    Status bearable() const;
    void saw_code(const wire::StatusResponse& status);

    Workplace place_;
    client::Connection& connection_;
    Visit visit_;
    const std::string& mailbox_;

    Shown shown_;
    store::Generation generation_;
    std::optional<Comparison> comparison_;
    Plan plan_;
    std::vector<Uid> listed_;  // at Depth::whole, for the report
    std::optional<store::Reconciled> report_;
    std::optional<FetchQueue> queue_;
    // New here, and listed with an id: looked for in the archive next.
    struct Candidate {
        store::Sighting sighting;  // without digest until it is found
        std::string email_id;
        std::optional<store::GmailSeen> gmail;
    };
    std::map<Uid, Candidate> candidates_;
    std::set<Uid> looked_for_;  // candidates, then and now
    // Of messages that are on their way into the archive, by EMAILID.
    std::vector<std::pair<std::string, ObjectIds::Message>> identified_;
    std::vector<Uid> unproved_;  // taken on trust before this visit, and fetched in it
    std::optional<Begun> begun_;
    bool sliced_ = false;            // a slice came
    std::map<Uid, Coming> held_;     // not as long as the origin said: asked for once more
    std::set<Uid> empty_;            // came empty, and should not
    unsigned wrong_sizes_ = 0;       // in a row that were the same when asked again
    std::uint32_t exists_ = 0;       // as the origin says now
    std::uint32_t most_exist_ = 0;   // as it said in this visit
    std::uint32_t planned_for_ = 0;  // as it said when the plan was made
    bool disturbed_ = false;         // an expunge, or a change we could not place
    bool unsettled_ = false;         // what was listed did not come, and is listed no longer
    bool accounted_ = false;
    bool archive_failed_ = false;
    std::uint64_t settled_ = 0;
    std::optional<Uid> suspect_;
    std::set<Uid> withheld_;
    std::set<Uid> checked_;
    std::uint64_t quarantined_before_ = 0;
    std::vector<store::Fact> facts_;  // to be recorded at the end
};

}  // namespace mailhold::imap::sync
