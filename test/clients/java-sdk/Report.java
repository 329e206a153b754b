import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

import com.huaweicloud.sdk.core.exception.ServiceResponseException;
import com.huaweicloud.sdk.core.utils.JsonUtils;

/** Runs the parts of a program one by one and reports each as a line of JSON. */
final class Report {
    interface Part {
        void run() throws Exception;
    }

    static void check(String name, Part part) {
        var report = new TreeMap<String, Object>(Map.of("name", name, "ok", true));
        try {
            part.run();
        } catch (Throwable fault) {
            var trace = new StringWriter();
            fault.printStackTrace(new PrintWriter(trace));
            report.put("ok", false);
            report.put("detail", trace.toString());
        }
        System.out.println(JsonUtils.toJSON(report));
    }

    static void expect(boolean holds, Object seen) {
        if (!holds) throw new AssertionError(String.valueOf(seen));
    }

    static void same(Object made, Object shown) {
        expect(Objects.equals(made, shown), "made " + made + ", shown " + shown);
    }

    static void until(String what, BooleanSupplier holds) throws InterruptedException {
        for (long deadline = System.nanoTime() + 20_000_000_000L; !holds.getAsBoolean(); Thread.sleep(100)) {
            expect(System.nanoTime() < deadline, "no " + what + " after 20 s");
        }
    }

    /** Checks that the SDK reads the whole of an error: status, code, message and request id. */
    static void refused(int status, String code, Part part) throws Exception {
        try {
            part.run();
        } catch (ServiceResponseException fault) {
            expect(fault.getHttpStatusCode() == status && code.equals(fault.getErrorCode()), fault);
            expect(fault.getErrorMsg() != null && fault.getRequestId() != null, fault);
            return;
        }
        throw new AssertionError("not refused with " + status);
    }
}
