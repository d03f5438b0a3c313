// The Prometheus text: one line of it at a time.
#include "api/http/metrics.hpp"

#include <catch2/catch.hpp>

#include "tests/unit/http/sample.hpp"

namespace mailhold::http {

TEST_CASE("the metrics tell the status and what was counted") {
    Metrics metrics;
    metrics.connections(+1);
    metrics.connections(+1);
    metrics.connections(-1);
    metrics.login(true);
    metrics.login(false);
    metrics.login(false);
    metrics.search_time(std::chrono::milliseconds(3));
    metrics.search_time(std::chrono::seconds(60));
    const auto journal = metrics.journal("127.0.0.1:2424", "mail");
    journal.connections(+1);
    journal.accepted(700);
    journal.accepted(30);
    journal.unwrapped();
    journal.refused(intake::journal::Refusal::disk);
    journal.refused(intake::journal::Refusal::network);
    journal.refused(intake::journal::Refusal::network);
    auto text =
        "\n" + metrics.text(sample_overview(), UtcMicros(std::chrono::seconds(1'700'000'160)));
    for (std::string line : {
             "mailhold_messages 100",
             "mailhold_message_bytes 5000000000",
             "mailhold_quarantined_messages 2",
             "mailhold_index_lag_messages 10",
             "mailhold_sync_lag_seconds{account=\"alice \\\"the\\\" first\"} 60",
             "mailhold_sync_lag_seconds{account=\"bob\"} 160",
             "mailhold_unaccounted_messages{account=\"alice \\\"the\\\" first\"} 12",
             "mailhold_unaccounted_messages{account=\"carol\"} 3",
             "mailhold_reconciled_timestamp_seconds{account=\"carol\"} 1700000050",
             "mailhold_sync_healthy{account=\"alice \\\"the\\\" first\"} 0",
             "mailhold_sync_healthy{account=\"bob\"} 1",
             "mailhold_account_messages{account=\"carol\"} 0",
             "mailhold_imap_connections 1",
             "mailhold_imap_logins_total{result=\"accepted\"} 1",
             "mailhold_imap_logins_total{result=\"refused\"} 2",
             "mailhold_search_duration_seconds_bucket{le=\"0.0025\"} 0",
             "mailhold_search_duration_seconds_bucket{le=\"0.005\"} 1",
             "mailhold_search_duration_seconds_bucket{le=\"30\"} 1",
             "mailhold_search_duration_seconds_bucket{le=\"+Inf\"} 2",
             "mailhold_search_duration_seconds_count 2",
             "mailhold_journal_connections{account=\"mail\",listener=\"127.0.0.1:2424\"} 1",
             "mailhold_journal_messages_total{account=\"mail\",listener=\"127.0.0.1:2424\"} 2",
             "mailhold_journal_bytes_total{account=\"mail\",listener=\"127.0.0.1:2424\"} 730",
             "mailhold_journal_reports_unwrapped_total{account=\"mail\","
             "listener=\"127.0.0.1:2424\"} 1",
             "mailhold_journal_refused_total{account=\"mail\",listener=\"127.0.0.1:2424\","
             "reason=\"too_large\"} 0",
             "mailhold_journal_refused_total{account=\"mail\",listener=\"127.0.0.1:2424\","
             "reason=\"disk\"} 1",
             "mailhold_journal_refused_total{account=\"mail\",listener=\"127.0.0.1:2424\","
             "reason=\"network\"} 2",
         })
        CHECK_THAT(text, Catch::Contains("\n" + line + "\n"));
    CHECK_FALSE(text.contains("mailhold_sync_lag_seconds{account=\"carol\"}"));
}

TEST_CASE("an account that is gone leaves no number behind") {
    Metrics metrics;
    auto overview = sample_overview();
    CHECK(metrics.text(overview, utc_now()).contains("\"bob\""));
    overview.accounts.clear();
    CHECK_FALSE(metrics.text(overview, utc_now()).contains("\"bob\""));
}

}  // namespace mailhold::http
