#include "core/examination.hpp"
#include "health_fixture.hpp"

#include <catch2/catch.hpp>

#include <string>

// Client certificates that end: said in time, and no longer once the file is renewed. No tunnel here has
// background preflights: they do not matter.
using namespace tunnelkeyd;
using namespace std::chrono_literals;
using std::chrono::days;
using tests::lines;

namespace {

const std::string file = "/tls/rotator.pem";
const lines begun{"degraded client_certificate_expiring"};
const lines over{"degraded client_certificate_expiring", "recovered client_certificate_expiring"};

struct fixture : tests::health_fixture {
    fixture() { world.tunnel("jira").instance.tls.client_certificate = file; }

    void ends_in(core::duration time, const std::string& path = file) {
        world.certificates.files[path] = {"CN=rotator", "CN=corporate", world.loop.now().wall + time};
    }
};

}  // namespace

TEST_CASE_METHOD(fixture,
                 "a client certificate that is about to end is said at the start, and until it is renewed") {
    ends_in(days(10));
    const auto ends = world.certificates.files[file].not_after;
    world.start();
    CHECK(logged() == begun);
    CHECK(says("the client certificate in /tls/rotator.pem (CN=rotator) ends on 2026-12-11"));
    CHECK(world.shown("jira")->client_certificate.value().ends == ends);
    CHECK(world.shown("other")->problems.empty());
    CHECK_FALSE(world.shown("other")->client_certificate);
    check_sums();
    world.run_for(days(11));
    CHECK(logged() == begun);
    CHECK(world.shown("jira")->problems.at(0).message.find("has ended on 2026-12-11") != std::string::npos);

    ends_in(days(365));
    world.run_for(1h);
    CHECK(logged() == over);
    CHECK(world.shown("jira")->problems.empty());
    check_sums();
}

TEST_CASE_METHOD(fixture, "a client certificate is said to the moment, thirty days before its end") {
    ends_in(days(40));
    world.start();
    world.run_for(days(10) - 1ms);
    CHECK(logged().empty());
    world.run_for(1ms);
    CHECK(logged() == begun);
    check_sums();
}

TEST_CASE_METHOD(fixture, "the cloud's client certificate is the daemon's problem, whatever is asked for") {
    world.draft.cloud.tls.client_certificate = "/tls/cloud.pem";
    ends_in(days(40), "/tls/cloud.pem");
    const auto ends = world.certificates.files["/tls/cloud.pem"].not_after;
    const core::extent only_daemon{core::extent::kind::daemon, ""};
    world.start();
    world.run_for(days(10) - 1ms);
    CHECK(logged("").empty());
    CHECK(world.overview(only_daemon).problems.empty());
    CHECK(world.overview(only_daemon).cloud_client_certificate.value().ends == ends);
    world.run_for(1ms);
    CHECK(logged("") == lines{"degraded cloud_client_certificate_expiring"});
    CHECK(world.overview(only_daemon).problems.at(0).code == "cloud_client_certificate_expiring");
    CHECK(world.overview().problems.at(0).message.find("/tls/cloud.pem (CN=rotator)") != std::string::npos);
    CHECK(logged().empty());
    ends_in(days(365), "/tls/cloud.pem");
    world.run_for(1h);
    CHECK(logged("") ==
          lines{"degraded cloud_client_certificate_expiring", "recovered cloud_client_certificate_expiring"});
    CHECK(world.overview().problems.empty());
}

TEST_CASE_METHOD(fixture, "whoever has a tunnel examined hears at once that its certificate was renewed") {
    world.draft.cloud.tls.client_certificate = file;  // the same for both
    ends_in(days(10));
    world.start();
    ends_in(days(365));
    const core::examination failed{"jira", {{"store", core::check_line::result::failed, "no", ""}}};
    world.supervisor().examined(world.tunnel("jira"), failed);
    CHECK(logged() == over);
    CHECK(logged("").size() == 2);
    // and what time alone changes then is not missed
    ends_in(days(30) + 5min);
    world.supervisor().examined(world.tunnel("jira"), failed);
    world.run_for(5min);
    CHECK(logged().back() == begun.front());
}

TEST_CASE_METHOD(fixture, "a file that is away for a while, as in a renewal, ends nothing and begins nothing") {
    ends_in(days(10));
    world.start();
    world.certificates.files.clear();
    world.run_for(5h);
    CHECK(logged() == begun);
    ends_in(days(365));
    world.run_for(1h);
    CHECK(logged() == over);
}

TEST_CASE_METHOD(fixture,
                 "a file that many tunnels share is read once an hour, and never because somebody looks") {
    for (int i = 0; i < 50; ++i)
        world.add_tunnel("more" + std::to_string(i)).instance.tls.client_certificate = file;
    ends_in(days(10));
    world.start();
    CHECK(world.certificates.reads[file] == 1);
    for (int i = 0; i < 60; ++i) {
        CHECK(world.overview().tunnels.size() == 52);
        world.run_for(1min);
    }
    CHECK(world.certificates.reads[file] == 2);
    CHECK(world.supervisor().summarize().degraded == 51);
    ends_in(days(365));
    world.run_for(1h);
    CHECK(world.supervisor().summarize().degraded == 0);
}

TEST_CASE_METHOD(fixture, "with a file for each of many tunnels all are known soon after the start") {
    for (int i = 0; i < 100; ++i) {
        const auto name = "more" + std::to_string(i);
        world.add_tunnel(name).instance.tls.client_certificate = "/tls/" + name;
        ends_in(days(10), "/tls/" + name);
    }
    world.start();
    CHECK(world.supervisor().summarize().degraded < 20);
    world.run_for(1s);
    CHECK(world.supervisor().summarize().degraded == 100);
}

TEST_CASE_METHOD(fixture,
                 "a reload reads the files anew, and whoever gets another one is not well in between") {
    ends_in(days(10));
    world.start();
    ends_in(days(20), "/tls/another.pem");
    world.tunnel("jira").instance.tls.client_certificate = "/tls/another.pem";
    world.reload();
    CHECK(logged() == begun);
    CHECK(world.shown("jira")->client_certificate.value().file == "/tls/another.pem");
    world.add_tunnel("late").instance.tls.client_certificate = "/tls/another.pem";
    world.reload();
    CHECK(logged("late") == begun);
    ends_in(days(365), "/tls/another.pem");
    world.reload();
    CHECK(logged() == over);
    CHECK(logged("late") == over);
    world.tunnel("jira").instance.tls.client_certificate.clear();
    world.reload();
    CHECK_FALSE(world.shown("jira")->client_certificate);
    check_sums();
}

TEST_CASE_METHOD(fixture,
                 "a tunnel that leaves, or shows a certificate no more, has no problem with it any more") {
    ends_in(days(10));
    world.start();
    world.run_for(1min);
    if (GENERATE(true, false))
        world.remove_tunnel("jira");
    else
        world.tunnel("jira").instance.tls.client_certificate.clear();
    world.reload();
    CHECK(logged() == over);
    check_sums();
    const auto reads = world.certificates.reads[file];
    world.run_for(days(1));
    CHECK(world.certificates.reads[file] == reads);
}
