// Proxy URLs, taken apart by RFC 3986.
#include "api/config/proxy_url.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "api/config/check.hpp"

namespace mailhold::config {

Result<ProxyUrl> parse_proxy_url(std::string_view text) {
    const auto wrong = [] {
        return fail(
            Errc::invalid,
            "must be like socks5://proxy.example.org:1080 or http://proxy.example.org:3128");
    };
    const auto parsed = boost::urls::parse_uri({text.data(), text.size()});
    if (!parsed) return wrong();
    const boost::urls::url_view& url = *parsed;
    ProxyUrl proxy;
    const auto scheme = lower_case({url.scheme().data(), url.scheme().size()});
    if (scheme == "http")
        proxy.kind = ProxyUrl::Kind::http;
    else if (scheme != "socks5" && scheme != "socks5h")
        return wrong();
    proxy.host = url.host_address();
    proxy.user = url.user();
    proxy.password = url.password();
    const std::uint16_t usual = proxy.kind == ProxyUrl::Kind::http ? 3128 : 1080;
    proxy.port = url.has_port() ? url.port_number() : usual;
    const auto path = url.encoded_path();
    const bool cut =
        (proxy.host + proxy.user + proxy.password).find_first_of(std::string_view("\0\r\n", 3)) !=
        std::string::npos;
    if (proxy.host.empty() || proxy.port == 0 || cut || (!path.empty() && path != "/") ||
        url.has_query() || url.has_fragment())
        return wrong();
    return proxy;
}

}  // namespace mailhold::config
