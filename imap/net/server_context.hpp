// What a ServerIdentity holds. Private to imap/net.
#pragma once

#include <boost/asio/ssl/context.hpp>

#include <memory>
#include <string>

#include "imap/net/tls.hpp"

namespace mailhold::imap::net {

struct ServerIdentity::Parts {
    std::shared_ptr<boost::asio::ssl::context> context;  // shared with the connections that use it
    std::string fingerprint;
};

}  // namespace mailhold::imap::net
