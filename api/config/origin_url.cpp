// Origin URLs, taken apart by RFC 3986. More of RFC 5092 (mailboxes, authentication types) has no
// meaning here.
#include "api/config/origin_url.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "api/config/check.hpp"
#include "api/config/endpoint.hpp"

namespace mailhold::config {

Result<OriginUrl> parse_origin_url(std::string_view text) {
    constexpr std::string_view example = "imaps://alice%40example.org@mail.example.org";
    if (std::ranges::count(text, '@') > 1)
        return fail(
            Errc::invalid,
            fmt::format("the URL holds more than one @: write %40 for the one in the user's "
                        "name, as in {}",
                        example));
    auto parsed = boost::urls::parse_uri({text.data(), text.size()});
    // The text of a URL that cannot be read is not repeated: it may hold a password.
    if (!parsed)
        return fail(Errc::invalid, fmt::format("this is no URL: write it like {}", example));
    const boost::urls::url_view& url = *parsed;
    if (url.has_password())
        return fail(Errc::invalid,
                    "a password does not belong in the URL, which is recorded in the archive and "
                    "shown in process "
                    "lists: use password_file, password_env or password_command");

    OriginUrl origin;
    origin.text = text;
    std::string scheme = lower_case({url.scheme().data(), url.scheme().size()});
    if (scheme == "imaps") {
        origin.transport = Transport::implicit_tls;
        origin.port = 993;
    } else if (scheme == "imap" || scheme == "imap+insecure") {
        origin.transport = scheme == "imap" ? Transport::starttls : Transport::insecure;
        origin.port = 143;
    } else {
        return fail(Errc::invalid, fmt::format("\"{}://\" is not spoken: imaps:// is TLS, imap:// "
                                               "is STARTTLS, imap+insecure:// is "
                                               "no TLS (loopback only)",
                                               scheme));
    }
    origin.host = url.host_address();
    origin.user = url.user();
    if (!url.has_authority() || origin.host.empty())
        return fail(Errc::invalid, fmt::format("the URL names no host: write it like {}", example));
    if (origin.user.empty())
        return fail(Errc::invalid,
                    fmt::format("the URL names no user: write it like {}, with %40 for an @ in the "
                                "user's name",
                                example));
    // RFC 4616: NUL separates the fields of PLAIN; line ends would end the command.
    if (origin.user.find_first_of(std::string_view("\0\r\n", 3)) != std::string::npos)
        return fail(Errc::invalid, "the user's name in the URL holds a control character");
    if (url.has_port()) {
        origin.port = url.port_number();
        if (origin.port == 0)
            return fail(Errc::invalid, "the port in the URL is not from 1 to 65535");
    }
    auto path = url.encoded_path();
    if ((!path.empty() && path != "/") || url.has_query() || url.has_fragment())
        return fail(Errc::invalid,
                    "the URL goes on after the host; an account is mirrored whole (use exclude to "
                    "leave mailboxes out)");
    if (origin.transport == Transport::insecure && !is_loopback(origin.host))
        return fail(
            Errc::invalid,
            fmt::format("imap+insecure:// is for loopback only, and {} is not: use imaps://",
                        origin.host));
    return origin;
}

}  // namespace mailhold::config
