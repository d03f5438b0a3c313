// The memory: asked, compared (imap/client/downgrade.hpp), brought up to date.
#include "imap/sync/origin_security.hpp"

#include <fmt/format.h>

#include "imap/client/downgrade.hpp"
#include "store/base/file.hpp"
#include "store/base/log.hpp"

namespace mailhold::imap::sync {

client::Shown shown_before(const store::SecurityShown& fact) {
    return {fact.tls, fact.mechanisms, fact.mechanism, fact.binding, fact.key, fact.issuer};
}

Result<std::optional<store::SecurityShown>> OriginSecurity::before() const {
    auto known = archive_.security(account_.name);
    if (known && *known && (*known)->url != account_.url) known->reset();
    return known;
}

Status OriginSecurity::admits(const client::Shown& shown) {
    const auto known = before();
    if (!known) return std::unexpected(known.error());
    const auto less = *known ? client::less_than(shown_before(**known), shown) : std::string();
    const auto confirmed = less.empty() ? Result<std::string>() : read_file(account_.confirmed);
    refused_ = !less.empty() && (!confirmed || *confirmed != client::confirmation_of(shown));
    if (!refused_) return {};
    log::warning("sync.downgrade", {{"account", account_.name}, {"shown", less}});
    return fail(Errc::tls,
                fmt::format("{} shows less security than before: {}; nothing secret was sent. If "
                            "this is meant to be: mailhold trust {}",
                            account_.host, less, account_.name));
}

Status OriginSecurity::let_in(client::Shown shown) {
    const auto known = before();
    if (!known) return std::unexpected(known.error());
    const bool less = *known && !client::less_than(shown_before(**known), shown).empty();
    store::SecurityShown fact{.account = account_.name,
                              .url = account_.url,
                              .tls = std::move(shown.tls),
                              .mechanisms = std::move(shown.mechanisms),
                              .mechanism = std::move(shown.mechanism),
                              .binding = std::move(shown.binding),
                              .key = std::move(shown.key),
                              .issuer = std::move(shown.issuer)};
    if (*known) {
        fact.confirmed = (*known)->confirmed;
        if (fact == **known) return {};
        if (fact.key != (*known)->key)
            log::info("sync.new_key",
                      {{"account", account_.name}, {"key", fact.key}, {"issuer", fact.issuer}});
    }
    fact.confirmed = less;
    auto recorded = archive_.ingest({}, {std::move(fact)});
    // It has been of use; another downgrade is for people to confirm again.
    std::error_code absent;
    if (recorded && less) std::filesystem::remove(account_.confirmed, absent);
    return recorded;
}

}  // namespace mailhold::imap::sync
