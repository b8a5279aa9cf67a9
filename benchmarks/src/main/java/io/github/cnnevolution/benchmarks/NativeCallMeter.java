package io.github.cnnevolution.benchmarks;

import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.security.ProtectionDomain;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;
import org.objectweb.asm.Type;

/**
 * An agent that counts the native calls of JavaCPP's classes by function, and the time inside them.
 * It gives each native method another name and puts a method of the old name in front of it, which
 * reads the clock before and after: about 50 ns a call. Add it by {@code -javaagent}.
 */
public final class NativeCallMeter {
  private static final String PREFIX = "metered_";
  private static final String SELF = "io/github/cnnevolution/benchmarks/NativeCallMeter";

  /** Calls and nanoseconds of one native method. Counts of one thread alone are exact. */
  private static final class Function {
    private final String name;
    private long calls;
    private long nanos;

    private Function(String name) {
      this.name = name;
    }
  }

  private static final List<Function> FUNCTIONS = new CopyOnWriteArrayList<>();

  private NativeCallMeter() {}

  /**
   * What was called.
   *
   * @param name class and method
   * @param nanos inside them, together
   */
  public record Calls(String name, long calls, long nanos) {}

  /** Called by the virtual machine. */
  public static void premain(String arguments, Instrumentation instrumentation) {
    ClassFileTransformer transformer =
        new ClassFileTransformer() {
          @Override
          public byte[] transform(
              ClassLoader loader,
              String name,
              Class<?> redefined,
              ProtectionDomain domain,
              byte[] bytes) {
            return name != null && name.startsWith("org/bytedeco/") ? metered(bytes) : null;
          }
        };
    instrumentation.addTransformer(transformer);
    instrumentation.setNativeMethodPrefix(transformer, PREFIX);
  }

  /** Called by metered methods. */
  public static void add(int function, long start) {
    Function called = FUNCTIONS.get(function);
    called.calls++;
    called.nanos += System.nanoTime() - start;
  }

  /** Forgets what was counted. */
  public static void clear() {
    for (Function function : FUNCTIONS) {
      function.calls = 0;
      function.nanos = 0;
    }
  }

  /** What was counted, most time first; nothing where the agent is missing. */
  public static List<Calls> calls() {
    return FUNCTIONS.stream()
        .filter(function -> function.calls > 0)
        .map(function -> new Calls(function.name, function.calls, function.nanos))
        .sorted(Comparator.comparingLong(Calls::nanos).reversed())
        .toList();
  }

  private static byte[] metered(byte[] bytes) {
    ClassReader reader = new ClassReader(bytes);
    ClassWriter writer = new ClassWriter(reader, ClassWriter.COMPUTE_MAXS);
    reader.accept(new Wrapping(writer), 0);
    return writer.toByteArray();
  }

  private static synchronized int register(String name) {
    FUNCTIONS.add(new Function(name));
    return FUNCTIONS.size() - 1;
  }

  /** Puts a metered method before each native one. */
  private static final class Wrapping extends ClassVisitor {
    private String owner = "";

    private Wrapping(ClassVisitor next) {
      super(Opcodes.ASM9, next);
    }

    @Override
    public void visit(
        int version,
        int access,
        String name,
        String signature,
        String superName,
        String[] interfaces) {
      owner = name;
      super.visit(version, access, name, signature, superName, interfaces);
    }

    @Override
    public MethodVisitor visitMethod(
        int access, String name, String descriptor, String signature, String[] exceptions) {
      if ((access & Opcodes.ACC_NATIVE) == 0) {
        return super.visitMethod(access, name, descriptor, signature, exceptions);
      }
      int wrapper = access & ~Opcodes.ACC_NATIVE;
      MethodVisitor method = super.visitMethod(wrapper, name, descriptor, signature, exceptions);
      boolean isStatic = (access & Opcodes.ACC_STATIC) != 0;
      Type[] arguments = Type.getArgumentTypes(descriptor);
      int local = isStatic ? 0 : 1;
      for (Type argument : arguments) {
        local += argument.getSize();
      }
      int start = local;
      method.visitCode();
      method.visitMethodInsn(Opcodes.INVOKESTATIC, "java/lang/System", "nanoTime", "()J", false);
      method.visitVarInsn(Opcodes.LSTORE, start);
      local = 0;
      if (!isStatic) {
        method.visitVarInsn(Opcodes.ALOAD, local++);
      }
      for (Type argument : arguments) {
        method.visitVarInsn(argument.getOpcode(Opcodes.ILOAD), local);
        local += argument.getSize();
      }
      int call = isStatic ? Opcodes.INVOKESTATIC : Opcodes.INVOKESPECIAL;
      method.visitMethodInsn(call, owner, PREFIX + name, descriptor, false);
      method.visitLdcInsn(register(owner.substring(owner.lastIndexOf('/') + 1) + "." + name));
      method.visitVarInsn(Opcodes.LLOAD, start);
      method.visitMethodInsn(Opcodes.INVOKESTATIC, SELF, "add", "(IJ)V", false);
      method.visitInsn(Type.getReturnType(descriptor).getOpcode(Opcodes.IRETURN));
      method.visitMaxs(0, 0);
      method.visitEnd();
      int renamed =
          (access & ~(Opcodes.ACC_PUBLIC | Opcodes.ACC_PROTECTED | Opcodes.ACC_FINAL))
              | Opcodes.ACC_PRIVATE;
      return super.visitMethod(renamed, PREFIX + name, descriptor, signature, exceptions);
    }
  }
}
