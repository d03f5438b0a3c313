#include "imap/server/mailbox/object_ids.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mailhold::imap::server {

std::string email_id(const Digest& digest) {
    return "M" + to_hex(digest);
}

std::optional<Digest> digest_of_email_id(std::string_view id) {
    if (!id.starts_with('M')) return std::nullopt;
    return digest_from_hex(id.substr(1));
}

std::string thread_id(const Links& links, const Digest& digest) {
    if (!links.references.empty()) return fmt::format("T{:016x}", links.references.front());
    if (links.id) return fmt::format("T{:016x}", *links.id);
    return "T" + to_hex(digest).substr(0, 16);  // nothing can refer to it
}

std::string mailbox_id(const store::Mailbox& mailbox) {
    // The UIDVALIDITY of a search changes with its query.
    if (mailbox.kind == store::MailboxKind::search) return fmt::format("F{}", number(mailbox.id));
    return fmt::format("F{}-{}", number(mailbox.id), number(mailbox.uidvalidity));
}

UidValidity uidvalidity_of(std::string_view content) {
    const auto digest = sha256(content);
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value = value << 8 | digest.bytes[i];
    return UidValidity{std::max(value, 1U)};  // RFC 3501 9: never 0
}

}  // namespace mailhold::imap::server
