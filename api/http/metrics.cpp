// Two registries: one that lives and counts, and one made for each scrape from the status, so that
// a number never outlives the account it is about.
#include "api/http/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <iterator>
#include <vector>

namespace mailhold::http {
namespace {

using prometheus::Registry;
using Labels = std::map<std::string, std::string>;

void gauge(Registry& registry, const char* name, const char* help, double value,
           const Labels& labels = {}) {
    prometheus::BuildGauge().Name(name).Help(help).Register(registry).Add(labels).Set(value);
}

double seconds(std::chrono::microseconds time) {
    return std::chrono::duration<double>(time).count();
}

void add_account(Registry& registry, const AccountStatus& account, UtcMicros started,
                 UtcMicros now) {
    const Labels labels = {{"account", account.name}};
    gauge(registry, "mailhold_account_messages", "Distinct messages archived from an account.",
          static_cast<double>(account.messages), labels);
    gauge(registry, "mailhold_account_bytes", "Octets of an account's distinct messages.",
          static_cast<double>(account.octets), labels);
    const auto live = account.mirror ? account.mirror->unaccounted : 0;
    gauge(registry, "mailhold_unaccounted_messages",
          "Messages that the origin shows, and that are neither archived nor in quarantine.",
          static_cast<double>(std::max(account.unaccounted, live)), labels);
    if (account.reconciled) {
        gauge(registry, "mailhold_reconciled_timestamp_seconds",
              "When everything was last compared with the origin, in Unix time.",
              seconds(account.reconciled->ended.time_since_epoch()), labels);
    }
    if (!account.mirror) return;
    gauge(registry, "mailhold_sync_lag_seconds",
          "Time since a pass last accounted for every message of the origin.",
          seconds(now - account.mirror->last_success.value_or(started)), labels);
    gauge(registry, "mailhold_account_quarantined_messages",
          "Messages that an account's origin shows but would not give.",
          static_cast<double>(account.mirror->quarantined), labels);
    gauge(registry, "mailhold_throttled_seconds",
          "Time waited since the start because the origin asked for it.",
          static_cast<double>(account.mirror->throttled_seconds), labels);
    gauge(registry, "mailhold_throttled_waits", "How often the origin asked to be left alone.",
          static_cast<double>(account.mirror->throttled), labels);
    gauge(registry, "mailhold_downgrade_refused",
          "1 while the origin shows less security than before, until people confirm it.",
          account.mirror->state == "downgraded" ? 1 : 0, labels);
    gauge(registry, "mailhold_sync_healthy", "1 while the account's mirror has no problem.",
          account.mirror->problem.empty() ? 1 : 0, labels);
}

}  // namespace

struct Metrics::Parts {
    Registry registry;
    prometheus::Gauge& connections = prometheus::BuildGauge()
                                         .Name("mailhold_imap_connections")
                                         .Help("Open IMAP connections.")
                                         .Register(registry)
                                         .Add({});
    prometheus::Gauge& strangers = prometheus::BuildGauge()
                                       .Name("mailhold_imap_connections_unauthenticated")
                                       .Help("Open IMAP connections that nobody logged in to yet.")
                                       .Register(registry)
                                       .Add({});
    prometheus::Counter& turned_away =
        prometheus::BuildCounter()
            .Name("mailhold_imap_connections_turned_away_total")
            .Help("IMAP connections refused, as there were too many, or too many of one address.")
            .Register(registry)
            .Add({});
    prometheus::Family<prometheus::Counter>& logins = prometheus::BuildCounter()
                                                          .Name("mailhold_imap_logins_total")
                                                          .Help("Logins by result.")
                                                          .Register(registry);
    prometheus::Counter& accepted = logins.Add({{"result", "accepted"}});
    prometheus::Counter& refused = logins.Add({{"result", "refused"}});
    prometheus::Histogram& search = prometheus::BuildHistogram()
                                        .Name("mailhold_search_duration_seconds")
                                        .Help("Time of a SEARCH, from command to answer.")
                                        .Register(registry)
                                        .Add({}, prometheus::Histogram::BucketBoundaries{
                                                     0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                                     0.25, 0.5, 1, 2.5, 5, 10, 30});
    prometheus::Family<prometheus::Gauge>& journal_connections =
        prometheus::BuildGauge()
            .Name("mailhold_journal_connections")
            .Help("Open connections of mail servers to a journal listener.")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& journal_messages =
        prometheus::BuildCounter()
            .Name("mailhold_journal_messages_total")
            .Help("Messages that a journal listener accepted: they were on disk first.")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& journal_bytes =
        prometheus::BuildCounter()
            .Name("mailhold_journal_bytes_total")
            .Help("Octets of the messages that a journal listener accepted.")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& journal_reports =
        prometheus::BuildCounter()
            .Name("mailhold_journal_reports_unwrapped_total")
            .Help("Of the accepted messages, journal reports whose message was put beside them.")
            .Register(registry);
    prometheus::Family<prometheus::Counter>& journal_refused =
        prometheus::BuildCounter()
            .Name("mailhold_journal_refused_total")
            .Help(
                "Messages, recipients (address) and connections (connections, network) that a "
                "journal listener refused or put off, by reason.")
            .Register(registry);
};

Metrics::Metrics() : parts_(std::make_unique<Parts>()) {}
Metrics::~Metrics() = default;

void Metrics::connections(int difference) {
    parts_->connections.Increment(difference);
}
void Metrics::strangers(int difference) {
    parts_->strangers.Increment(difference);
}
void Metrics::turned_away() {
    parts_->turned_away.Increment();
}
void Metrics::search_time(std::chrono::nanoseconds time) {
    parts_->search.Observe(std::chrono::duration<double>(time).count());
}
void Metrics::login(bool success) {
    (success ? parts_->accepted : parts_->refused).Increment();
}

// Each number is there from the beginning, so that its first change is seen as one.
intake::journal::Observer Metrics::journal(const std::string& listener,
                                           const std::string& account) {
    const Labels labels = {{"listener", listener}, {"account", account}};
    auto& connections = parts_->journal_connections.Add(labels);
    auto& messages = parts_->journal_messages.Add(labels);
    auto& octets = parts_->journal_bytes.Add(labels);
    auto& reports = parts_->journal_reports.Add(labels);
    std::vector<prometheus::Counter*> refused;  // in the order of Refusal
    for (const auto reason : intake::journal::names_of_refusals) {
        auto with_reason = labels;
        with_reason.emplace("reason", reason);
        refused.push_back(&parts_->journal_refused.Add(with_reason));
    }
    return {.connections = [&connections](int difference) { connections.Increment(difference); },
            .accepted =
                [&messages, &octets](std::uint64_t size) {
                    messages.Increment();
                    octets.Increment(static_cast<double>(size));
                },
            .unwrapped = [&reports] { reports.Increment(); },
            .refused =
                [refused](intake::journal::Refusal why) {
                    refused[static_cast<std::size_t>(why)]->Increment();
                }};
}

std::string Metrics::text(const Overview& status, UtcMicros now) const {
    Registry moment;
    gauge(moment, "mailhold_messages", "Distinct messages archived.",
          static_cast<double>(status.messages));
    gauge(moment, "mailhold_message_bytes", "Octets of the distinct messages.",
          static_cast<double>(status.octets));
    gauge(moment, "mailhold_sightings", "Places at origins where messages stood.",
          static_cast<double>(status.sightings));
    gauge(moment, "mailhold_quarantined_messages",
          "Messages that an origin shows but would not give.",
          static_cast<double>(status.quarantined));
    gauge(moment, "mailhold_ledger_records", "Records in the ledger.",
          static_cast<double>(status.records));
    gauge(moment, "mailhold_index_lag_messages", "Messages that are archived but not yet indexed.",
          static_cast<double>(status.index_lag()));
    for (const auto& account : status.accounts)
        add_account(moment, account, status.started.value_or(now), now);

    auto families = moment.Collect();
    auto counted = parts_->registry.Collect();
    families.insert(families.end(), std::make_move_iterator(counted.begin()),
                    std::make_move_iterator(counted.end()));
    return prometheus::TextSerializer().Serialize(families);
}

}  // namespace mailhold::http
