// Beast's own code, compiled once (BOOST_BEAST_SEPARATE_COMPILATION); Asio's is compiled in
// imap/net.
#include <boost/beast/src.hpp>
