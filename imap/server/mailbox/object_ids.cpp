#include "imap/server/mailbox/object_ids.hpp"

#include <fmt/format.h>

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
    return fmt::format("F{}-{}", number(mailbox.id), number(mailbox.uidvalidity));
}

}  // namespace mailhold::imap::server
