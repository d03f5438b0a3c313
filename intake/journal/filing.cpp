#include "intake/journal/filing.hpp"

#include <fmt/format.h>

#include "intake/journal/report.hpp"
#include "store/base/fail_point.hpp"
#include "store/base/log.hpp"

namespace mailhold::intake::journal {
namespace {

constexpr char origin[] = "journal:";
constexpr char mailbox[] = "Journal";

}  // namespace

Result<std::unique_ptr<Filing>> Filing::open(store::Archive& archive, const std::string& account) {
    const auto accounts = archive.accounts();
    if (!accounts) return std::unexpected(accounts.error());
    for (const auto& known : *accounts) {
        if (known.account == account && known.url != origin)
            return fail(Errc::invalid,
                        fmt::format("account {} is one of {}: a journal needs an account of "
                                    "another name",
                                    account, known.url));
    }
    store::Generation generation{account, mailbox, UidValidity{1}};
    if (auto opened = archive.ingest({}, {store::AccountDeclared{account, origin},
                                          store::MailboxListed{account, mailbox, "/", {}},
                                          store::GenerationOpened{generation}});
        !opened)
        return std::unexpected(opened.error());
    const auto state = archive.generation_state(generation, 0);
    if (!state) return std::unexpected(state.error());
    return std::unique_ptr<Filing>(
        new Filing(archive, std::move(generation), number(state->highest_uid) + 1));
}

store::Arrival Filing::arrival(Blob octets, UtcMicros now) {
    store::Arrival arrival;
    arrival.sighting.generation = generation_;
    arrival.sighting.uid = Uid{next_uid_++};
    arrival.sighting.internal_date = {std::chrono::floor<std::chrono::seconds>(now)};
    arrival.sighting.date_from = store::DateFrom::archive;
    arrival.octets = std::move(octets);
    return arrival;
}

Result<Reports> Filing::file(const Envelope& envelope, const Peer& peer, Blob octets, UtcMicros now,
                             Reports reports) {
    std::vector<store::Arrival> arrivals;
    std::vector<store::Fact> facts;
    arrivals.push_back(arrival(octets, now));
    store::Journaled journaled{.generation = generation_,
                               .uid = arrivals.front().sighting.uid,
                               .digest = sha256(octets.view()),
                               .time = now,
                               .sender = envelope.sender,
                               .recipients = envelope.recipients,
                               .peer = peer.address,
                               .helo = envelope.helo,
                               .protocol = envelope.protocol,
                               .tls = peer.tls};
    facts.emplace_back(journaled);
    auto report = reports == Reports::unwrapped ? read_report(octets.view()) : std::nullopt;
    if (report) {
        auto original = octets.part(report->begin, report->size);
        if (report->left_out > 0)
            log::warning("journal.report_cut", {{"peer", peer.address},
                                                {"recipients", report->recipients.size()},
                                                {"left_out", report->left_out}});
        journaled.report = journaled.digest;
        journaled.digest = sha256(original.view());
        journaled.sender = std::move(report->sender);
        journaled.recipients = std::move(report->recipients);
        arrivals.push_back(arrival(std::move(original), now));
        journaled.uid = arrivals.back().sighting.uid;
        facts.emplace_back(std::move(journaled));
    }
    if (auto stored = archive_.ingest(std::move(arrivals), std::move(facts)); !stored)
        return std::unexpected(stored.error());
    // Durable, and the client not yet told.
    if (auto reached = fail_point::reach("journal.stored"); !reached)
        return std::unexpected(reached.error());
    return report ? Reports::unwrapped : Reports::kept;
}

}  // namespace mailhold::intake::journal
