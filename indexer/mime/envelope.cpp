// See envelope.hpp.
#include "indexer/mime/envelope.hpp"

#include "indexer/mime/address.hpp"
#include "indexer/mime/header.hpp"

namespace mailhold::indexer::mime {
namespace {

std::optional<std::string> text(const std::vector<HeaderField>& fields, std::string_view name) {
    const HeaderField* field = find_field(fields, name);
    if (field == nullptr) return std::nullopt;
    return std::string(trim(unfold(field->raw)));
}

// A field that stands more than once is one list.
std::vector<Address> addresses(const std::vector<HeaderField>& fields, std::string_view name) {
    std::string list;
    for (const HeaderField& field : fields) {
        if (!same_name(field.name, name)) continue;
        if (!list.empty()) list += ',';
        list += unfold(field.raw);
    }
    return parse_addresses(list);
}

}  // namespace

Envelope make_envelope(const std::vector<HeaderField>& fields) {
    Envelope envelope;
    envelope.date = text(fields, "Date");
    envelope.subject = text(fields, "Subject");
    envelope.in_reply_to = text(fields, "In-Reply-To");
    envelope.message_id = text(fields, "Message-ID");
    envelope.from = addresses(fields, "From");
    envelope.sender = addresses(fields, "Sender");
    envelope.reply_to = addresses(fields, "Reply-To");
    envelope.to = addresses(fields, "To");
    envelope.cc = addresses(fields, "Cc");
    envelope.bcc = addresses(fields, "Bcc");
    if (envelope.sender.empty()) envelope.sender = envelope.from;
    if (envelope.reply_to.empty()) envelope.reply_to = envelope.from;
    return envelope;
}

}  // namespace mailhold::indexer::mime
