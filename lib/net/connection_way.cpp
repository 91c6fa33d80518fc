#include "net/certificate_text.hpp"
#include "net/connection.hpp"

#include <utility>

// How a connection finds its way, and how it tells of it.

namespace tunnelkeyd::net {

namespace asio = boost::asio;
using std::chrono::steady_clock;
using stage = core::way::stage;

namespace {

core::duration since(steady_clock::time_point began) {
    return std::chrono::floor<core::duration>(steady_clock::now() - began);
}

}  // namespace

void connection::note_dial(const dial::result& found) {
    examined_->look_up_took = found.look_up_took;
    examined_->addresses = found.addresses;
    examined_->connected_to = found.connected_to;
    if (found.has_addresses)
        examined_->ended_at = stage::connection;
}

asio::awaitable<core::way> connection::examine(tls_contexts::result tls, core::duration limit) {
    core::way found;
    examined_ = &found;
    const auto began = steady_clock::now();
    peer_ = {std::make_shared<tls_sessions>(), std::move(tls.context), ""};
    found.proxy = hop_.proxy;
    found.proxy_why = hop_.why;
    if (hop_.problem.empty()) {
        found.problem = co_await reach(began + limit);
    } else {
        found.ended_at = stage::proxy;
        found.problem = hop_.problem;
    }
    found.connection_took = since(began) - found.look_up_took.value_or(core::duration(0)) - found.proxy_took;
    if (found.problem.empty() && where_.url.is_https()) {
        const auto connected = steady_clock::now();
        found.ended_at = stage::tls;
        tls_failure_ = std::move(tls.failure);
        found.problem = tls_failure_.problem;
        if (found.problem.empty())
            found.problem = co_await shake_hands(began + limit);
        found.tls_took = since(connected);
        if (found.problem.empty()) {
            co_await hear_objection(began + limit);
            found.problem = tls_failure_.problem;
        }
        found.wants_client_certificate = client_.asked;
    }
    examined_ = nullptr;
    if (found.problem.empty()) {
        found.ended_at = stage::whole;
        close();
    } else if (!tls_failure_.problem.empty()) {
        found.problem = tls_failure_.problem;
        found.remedy = tls_failure_.remedy;
        if (client_.asked)
            found.chain.clear();  // they were good
    } else if (!proxy_failure_.problem.empty()) {
        found.problem = proxy_failure_.problem;
        found.remedy = proxy_failure_.remedy;
    }
    if (!found.problem.empty() && tls_failure_.problem.empty() && steady_clock::now() >= began + limit)
        found.problem = "no connection within " + core::to_string(limit) + ": " + found.problem;
    co_return found;
}

void connection::note_tls(const SSL* connected) {
    examined_->tls_version = SSL_get_version(connected);
    examined_->cipher = SSL_get_cipher_name(connected);
    examined_->chain = describe_chain(SSL_get0_verified_chain(connected));
    if (const auto* configured = SSL_get_certificate(connected))
        examined_->client = read_certificate(configured);
}

}  // namespace tunnelkeyd::net
