package io.github.cnnevolution.report;

import io.github.cnnevolution.engine.SessionListener;
import io.github.cnnevolution.evaluation.LostDevice;

/** Shows notices, conversions and lost devices of a session. */
public final class SessionConsole implements SessionListener, AutoCloseable {
  private final Console console;
  private final ConversionProgress conversion;

  /** Creates a view on the console's standard error. */
  public SessionConsole(Console console) {
    this.console = console;
    this.conversion = new ConversionProgress(console);
  }

  @Override
  public synchronized void onProgress(int done, int total) {
    conversion.onProgress(done, total);
  }

  @Override
  public synchronized void onDataRead() {
    conversion.close();
  }

  @Override
  public synchronized void onNotice(String notice) {
    console.notices().println(MessageLine.of(notice));
  }

  @Override
  public synchronized void onDeviceLost(LostDevice device) {
    console.err().println(device + " is out of service");
  }

  @Override
  public synchronized void close() {
    conversion.close();
  }
}
