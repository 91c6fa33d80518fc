#include "core/health_expiry.hpp"

#include "core/expiry.hpp"
#include "core/way.hpp"

namespace tunnelkeyd::core {

namespace {

constexpr const char* certificate_remedy = "renew it while it lasts, and put it into that file, and its key "
                                           "where that is: the files are read again by "
                                           "themselves";

}  // namespace

std::optional<problem> expiring(std::string_view code, const std::string& what, std::optional<wall_time> ends,
                                const char* remedy, wall_time now) {
    if (!ends || *ends - now > expiry_notice)
        return std::nullopt;
    return problem{health::degraded, code,
                   what + (*ends > now ? " ends on " : " has ended on ") + to_date(*ends), remedy,
                   *ends - expiry_notice};
}

std::optional<problem> certificate_expiring(std::string_view code, const tls_settings& tls,
                                            const certificate* held, wall_time now) {
    if (held == nullptr)
        return std::nullopt;
    return expiring(code, "the client certificate in " + tls.client_certificate + " (" + held->subject + ")",
                    held->not_after, certificate_remedy, now);
}

std::optional<wall_time> next_expiry(std::optional<wall_time> ends, wall_time now) {
    if (ends && *ends - expiry_notice > now)
        return *ends - expiry_notice;
    return ends && *ends > now ? ends : std::nullopt;
}

std::vector<problem> problems_of(const cloud_settings& cloud, const certificate* client, wall_time now) {
    auto found = certificate_expiring("cloud_client_certificate_expiring", cloud.tls, client, now);
    return found ? std::vector{std::move(*found)} : std::vector<problem>();
}

std::optional<wall_time> next_change(const certificate* client, wall_time now) {
    return client != nullptr ? next_expiry(client->not_after, now) : std::nullopt;
}

}  // namespace tunnelkeyd::core
