#include "imap/server/mailbox/columns.hpp"

#include <algorithm>

#include "imap/server/mailbox/envelope.hpp"
#include "imap/server/search/base_subject.hpp"
#include "indexer/mime/describe.hpp"
#include "indexer/mime/encoded_word.hpp"
#include "indexer/mime/envelope.hpp"
#include "indexer/mime/gmime.hpp"
#include "indexer/mime/header.hpp"
#include "indexer/text/fold.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::server {
namespace {

namespace mime = indexer::mime;
using indexer::text::fold;

constexpr std::size_t most_fields = 10'000;  // of a header
constexpr std::size_t block = 1'000;         // messages read at once

std::string first_mailbox(const std::vector<mime::Address>& list) {
    return list.empty() ? "" : fold(list.front().mailbox.value_or(""));
}

// RFC 5957 3: the display name, else the address.
std::string display_name(const std::vector<mime::Address>& list) {
    if (list.empty()) return {};
    const auto& first = list.front();
    if (first.name && !first.name->empty()) return fold(mime::decode_words(*first.name));
    const auto mailbox = first.mailbox.value_or("");
    const auto host = first.host.value_or("");
    return fold(host.empty() ? mailbox : mailbox + "@" + host);
}

OrderFacts order_facts(const mime::Envelope& envelope) {
    OrderFacts facts;
    if (envelope.date) {
        if (const auto sent = mime::decode_date(*envelope.date)) facts.sent = sent->utc;
    }
    auto base = base_subject(mime::decode_words(envelope.subject.value_or("")));
    facts.subject = fold(base.text);
    facts.reply_or_forward = base.reply_or_forward;
    facts.from = first_mailbox(envelope.from);
    facts.to = first_mailbox(envelope.to);
    facts.cc = first_mailbox(envelope.cc);
    facts.display_from = display_name(envelope.from);
    facts.display_to = display_name(envelope.to);
    return facts;
}

std::size_t memory_of(const OrderFacts& facts) {
    return sizeof(facts) + facts.subject.size() + facts.from.size() + facts.to.size() +
           facts.cc.size() + facts.display_from.size() + facts.display_to.size();
}
std::size_t memory_of(const Links& links) {
    return sizeof(links) + links.references.size() * sizeof(IdHash);
}

// nullopt for octets that are damaged: the message then has no header.
Result<std::optional<Blob>> octets_of(const store::ArchiveReader& archive, MessageNumber number) {
    auto octets = archive.octets(number);
    if (octets) return std::optional(std::move(*octets));
    if (octets.error().code != Errc::corrupt) return std::unexpected(octets.error());
    log::error("columns.unreadable",
               {{"message", mailhold::number(number)}, {"problem", octets.error().text}});
    return std::optional<Blob>();
}

}  // namespace

Result<Columns::Column<OrderFacts>> Columns::read_order(
    std::span<const MessageNumber> messages) const {
    const auto summaries = archive_.summaries(messages);
    if (!summaries) return std::unexpected(summaries.error());
    Column<OrderFacts> facts;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const auto& summary = (*summaries)[i];
        auto envelope = summary ? read_envelope(summary->envelope) : std::nullopt;
        if (!envelope) {  // the indexer has not come to it
            const auto octets = octets_of(archive_, messages[i]);
            if (!octets) return std::unexpected(octets.error());
            const auto whole = *octets ? (*octets)->view() : std::string_view();
            const auto header = whole.substr(0, mime::fields_length(whole));
            envelope = mime::make_envelope(mime::read_fields(header, most_fields));
        }
        facts.push_back(std::make_shared<const OrderFacts>(order_facts(*envelope)));
    }
    return facts;
}

Result<Columns::Column<Links>> Columns::read_links(std::span<const MessageNumber> messages) const {
    const auto summaries = archive_.summaries(messages);
    if (!summaries) return std::unexpected(summaries.error());
    Column<Links> column;
    for (std::size_t i = 0; i < messages.size(); ++i) {
        const auto& summary = (*summaries)[i];
        auto links = summary ? mime::links_from(summary->links) : std::nullopt;
        if (!links) {  // as above
            const auto octets = octets_of(archive_, messages[i]);
            if (!octets) return std::unexpected(octets.error());
            links = *octets ? mime::read_links((*octets)->view()) : Links{};
        }
        column.push_back(std::make_shared<const Links>(std::move(*links)));
    }
    return column;
}

template <class Facts, class Make>
Result<Columns::Column<Facts>> Columns::column(Kept<Facts>& kept,
                                               std::span<const MessageNumber> messages,
                                               Make&& make) {
    Column<Facts> column(messages.size());
    std::vector<std::size_t> missing;
    {
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < messages.size(); ++i) {
            const auto known = kept.facts.find(messages[i]);
            if (known == kept.facts.end())
                missing.push_back(i);
            else
                column[i] = known->second;
        }
    }
    for (std::size_t first = 0; first < missing.size(); first += block) {
        const std::span<const std::size_t> places(
            missing.begin() + static_cast<std::ptrdiff_t>(first),
            std::min(block, missing.size() - first));
        std::vector<MessageNumber> numbers;
        for (const auto place : places) numbers.push_back(messages[place]);
        const auto made = make(numbers);
        if (!made) return std::unexpected(made.error());
        const std::lock_guard lock(mutex_);
        for (std::size_t i = 0; i < places.size(); ++i) {
            column[places[i]] = (*made)[i];
            if (!kept.facts.try_emplace(numbers[i], (*made)[i]).second) continue;
            kept.octets += memory_of(*(*made)[i]);
        }
        if (kept.octets > limit / 2) kept = {};
    }
    return column;
}

Result<Columns::Column<OrderFacts>> Columns::order(std::span<const MessageNumber> messages) {
    return column(order_, messages, [this](const auto& numbers) { return read_order(numbers); });
}

Result<Columns::Column<Links>> Columns::links(std::span<const MessageNumber> messages) {
    return column(links_, messages, [this](const auto& numbers) { return read_links(numbers); });
}

Result<std::vector<UtcMicros>> Columns::archived_at(std::span<const MessageNumber> messages) {
    std::uint32_t most = 0;
    for (const MessageNumber message : messages) most = std::max(most, number(message));
    const std::lock_guard lock(mutex_);
    while (archived_at_.size() < most) {
        const auto next = MessageNumber{static_cast<std::uint32_t>(archived_at_.size() + 1)};
        const auto stored = archive_.messages(next, block);
        if (!stored) return std::unexpected(stored.error());
        if (stored->empty()) return fail(Errc::not_found, "a message's time of archiving");
        for (const auto& message : *stored) {
            archived_at_.resize(number(message.number));
            archived_at_.back() = message.archived_at;
        }
    }
    std::vector<UtcMicros> times;
    for (const MessageNumber message : messages) times.push_back(archived_at_[number(message) - 1]);
    return times;
}

}  // namespace mailhold::imap::server
